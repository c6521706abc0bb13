// The probe as the steps use it: by the variables of the environment, and nothing where the API is not there yet.
import { probe } from './probe.ts'
import { isSet, type Order, required } from './step.ts'

const patienceMs = 60_000

/** Where to ask: EDGE_URL, a domain of one's own; else where the API was just published. */
export const addressOf = (published: string | null): string | null =>
  isSet('EDGE_URL') ? (process.env['EDGE_URL'] ?? null) : published

/** Before anything is published: a key that is missing afterwards would look like a Worker that does not do. */
export const requireKey = (): void => {
  if (!isSet('PROBE_KEY') && !isSet('ROOT_KEY'))
    throw new Error('Not set: PROBE_KEY, a key that may make and delete polls (or ROOT_KEY).')
}

interface Proof extends Pick<Order, 'env'> {
  /** Where the edge was just published. */
  readonly url?: string | null
  /** The version of the edge that must answer. */
  readonly version?: string | null
}

/** @throws ProbeFailed; an Error where no key is given to ask with. */
export const prove = async ({ env, url = null, version = null }: Proof): Promise<void> => {
  const address = addressOf(url)
  if (address === null) {
    console.log('Not probed: EDGE_URL is not set, so there is no API yet to ask.')
    return
  }
  console.log(`Probing ${address} of ${env}:`)
  const key = isSet('PROBE_KEY') ? (process.env['PROBE_KEY'] ?? '') : await makeWorkspace(address)
  await probe({ url: address, key, version, patienceMs: env === 'local' ? 40_000 : patienceMs, say })
}

const say = (line: string) => console.log(`  ${line}`)

/** An environment that is new has no key yet. */
const makeWorkspace = async (url: string): Promise<string> => {
  requireKey()
  const { ROOT_KEY = '' } = required(['ROOT_KEY'])
  const answer = await fetch(new URL('/v1/workspaces', url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${ROOT_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Probe of deployments', plan: 'free' }),
    signal: AbortSignal.timeout(15_000),
  })
  if (answer.status !== 201)
    throw new Error(
      `No workspace for the probe could be made: ${answer.status}. Is ROOT_KEY this environment's?`,
    )
  const { apiKey } = (await answer.json()) as { readonly apiKey: string } // the API's document says so
  return apiKey
}
