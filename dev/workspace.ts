// The workspace and the poll a developer finds ready: made through the API like anybody's, and kept while they still answer.
import { setTimeout as pause } from 'node:timers/promises'
import { Complaint } from './complaint.ts'

export interface DevWorkspace {
  readonly apiKey: string
  readonly demoPollId: string
}

/** What may be known of it from the run before. */
export interface KnownWorkspace {
  readonly apiKey: string | null
  readonly demoPollId: string | null
}

export const noWorkspace: KnownWorkspace = { apiKey: null, demoPollId: null }

const isSuccess = (status: number) => status >= 200 && status < 300

interface Patience {
  /** Stops waiting. */
  readonly signal: AbortSignal
  readonly timeoutMs?: number
  readonly ready?: (status: number) => boolean
}

/** Waits until the API says it is ready. @throws Complaint with its last answer when it does not within `timeoutMs`. */
export const untilReady = async (url: string, patience: Patience): Promise<void> => {
  const { signal, timeoutMs = 120_000, ready = isSuccess } = patience
  const until = Date.now() + timeoutMs
  let last = 'no answer'
  while (Date.now() < until) {
    try {
      const answer = await fetch(`${url}/readyz`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      })
      const body = await answer.text()
      if (ready(answer.status)) return
      last = `${answer.status} ${body.slice(0, 300)}`
    } catch (error) {
      last = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    }
    signal.throwIfAborted()
    await pause(100)
  }
  throw new Complaint(
    `The API did not become ready within ${timeoutMs / 1000} s (${url}/readyz: ${last}); the logs are in the data folder.`,
  )
}

/** What the last run used when it still answers; else made anew. */
export const ensureWorkspace = async (
  url: string,
  rootKey: string,
  known: KnownWorkspace,
): Promise<DevWorkspace> => {
  const status = known.apiKey === null ? 401 : await askFor(url, known.demoPollId ?? 'none', known.apiKey)
  // A refused key is decided before whether there is such a poll: 404 says that the key is good.
  const apiKey = known.apiKey !== null && (status === 200 || status === 404) ? known.apiKey : null
  const demoPollId = apiKey !== null && status === 200 ? known.demoPollId : null
  const key = apiKey ?? (await makeWorkspace(url, rootKey))
  return { apiKey: key, demoPollId: demoPollId ?? (await makeDemoPoll(url, key)) }
}

const makeWorkspace = async (url: string, rootKey: string): Promise<string> => {
  const { apiKey } = await post(`${url}/v1/workspaces`, rootKey, { name: 'Dev', plan: 'enterprise' })
  return String(apiKey)
}

const makeDemoPoll = async (url: string, apiKey: string): Promise<string> => {
  const { id } = await post(`${url}/v1/polls`, apiKey, demoPoll)
  return String(id)
}

const demoPoll = {
  title: 'What shall we have for lunch?',
  description: 'A demo poll: vote, and watch the results move on every open page.',
  questions: [
    {
      id: 'lunch',
      type: 'choice',
      prompt: 'Pick one',
      options: [
        { id: 'pizza', label: 'Pizza' },
        { id: 'sushi', label: 'Sushi' },
        { id: 'curry', label: 'Curry' },
        { id: 'salad', label: 'Salad' },
      ],
    },
  ],
} as const

const askFor = async (url: string, pollId: string, key: string): Promise<number> => {
  const answer = await fetch(`${url}/v1/polls/${pollId}`, { headers: bearer(key) }).catch(() => null)
  await answer?.body?.cancel()
  return answer?.status ?? 0
}

const post = async (url: string, key: string, body: unknown): Promise<Record<string, unknown>> => {
  const headers = { ...bearer(key), 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await answer.text()
  if (answer.status === 201) return JSON.parse(text)
  throw new Complaint(
    `POST ${new URL(url).pathname} answered ${answer.status} instead of 201: ${text.slice(0, 500)}`,
  )
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
