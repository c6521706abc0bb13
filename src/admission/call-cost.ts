// What an owner's call takes of the quota: by what it makes others do. A read from memory is the unit.

/** First match counts; what is not named costs 1. */
const costs: readonly { readonly method: string; readonly path: RegExp; readonly cost: number }[] = [
  { method: 'GET', path: /\/export$/, cost: 10 }, // reads every ballot from Postgres
  { method: 'POST', path: /\/invites$/, cost: 5 }, // may make 100,000 codes
  {
    method: 'GET',
    path: /^\/v1\/polls\/[^/]+\/(results\/(timeline|breakdown)|ballots|invites|questions\/[^/]+\/texts)$/,
    cost: 2,
  }, // Postgres
  { method: 'GET', path: /^\/v1\/(polls|keys|audit-log|webhooks)$/, cost: 2 }, // Postgres
  { method: 'GET', path: /^\/v1\/webhooks\/[^/]+\/deliveries$/, cost: 2 }, // and there
  { method: 'POST', path: /^\/v1\/(keys|webhooks)(\/|$)/, cost: 2 }, // writes there
  { method: 'POST', path: /^\/v1\/polls$/, cost: 2 }, // an object and Postgres
  { method: 'POST', path: /^\/v1\/polls\/[^/]+\/(open|close|archive)$/, cost: 2 }, // every box of the poll
  { method: 'PATCH', path: /^\/v1\/polls\//, cost: 2 },
  { method: 'DELETE', path: /^\/v1\/polls\//, cost: 2 },
]

/** A HEAD makes others do what its GET does. */
export const callCost = (method: string, path: string): number => {
  const does = method === 'HEAD' ? 'GET' : method
  return costs.find((row) => row.method === does && row.path.test(path))?.cost ?? 1
}

/** No call costs more: a quota must have room for it. */
export const dearest = Math.max(...costs.map(({ cost }) => cost))
