// Every route that reads, asked where there is something to read.
import { type Answer, type Api, anApi, rootKey } from './api.ts'
import { access, parametersOf, pathOf, routesOf, things } from './route-table.ts'

export const reads: readonly string[] = routesOf(anApi()).filter((route) => route.startsWith('GET '))
export const voter = 'a-voter-of-these-tests'

interface Readable {
  readonly api: Api
  readonly path: string
  ask(accept: string, method?: string, query?: string): Promise<Answer>
}

/** An address of each parameter at which there is something, and a ballot that is archived. */
export const readable = async (route: string): Promise<Readable> => {
  const api = anApi()
  const workspace = (await api.ask('POST', '/v1/workspaces', { key: rootKey, body: { name: 'Acme' } })).json
  const key =
    access[route] === 'operator' ? rootKey : route === 'GET /v1/workspace' ? workspace.apiKey : api.key()
  const ids: Record<string, string> = { reason: 'not-found', file: 'none', workspaceId: workspace.id }
  for (const name of parametersOf(route)) ids[name] ??= (await things[name]?.make(api, key)) ?? 'none'
  if (route.includes(':pollId')) {
    ids['pollId'] = (await api.aPoll()).id
    ids['ballotId'] = (await api.vote(ids['pollId'], voter)).json.id
    await api.counting.published()
    await api.counting.archived()
  }
  const ask = (accept: string, method = 'GET', query = '') =>
    api.ask(method, pathOf(route, ids) + query, {
      key: access[route] === 'anybody' || access[route] === 'voter' ? undefined : key,
      headers: { Accept: accept, 'Voter-Id': voter },
    })
  return { api, ask, path: pathOf(route, ids) }
}
