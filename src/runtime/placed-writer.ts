// The writer that runs next to Postgres. Of a Worker the platform places its default `fetch` and nothing else, and a queue's consumer
// runs where it runs: so it hands what it was given to that `fetch`, which answers what became of it.

import type { archiveBallots } from '../application/archive-ballots.ts'
import type { BallotMessage } from '../application/ballot-message.ts'
import { ArchiveRejected, ArchiveUnavailable } from '../archive/archive-error.ts'

type ArchiveBallots = ReturnType<typeof archiveBallots>

interface Order {
  readonly database: string
  readonly messages: readonly BallotMessage[]
}

/** A service binding. */
export interface Writer {
  fetch(address: string, init: RequestInit): Promise<Response>
}

/** What the writer's own binding tells it of who asks (`props` in wrangler.toml); nobody else can. */
export const isOwnCall = (props: unknown): boolean =>
  typeof props === 'object' && props !== null && 'writes' in props && props.writes === true

type Outcome =
  | { readonly durationMs: number }
  | { readonly rejected: string }
  | { readonly unavailable: string }
  | { readonly failed: string }

/** What `archiveBallots` does, done there in the database of that name: answers and throws the same. */
export const askWriter =
  (writer: Writer, database: string): ArchiveBallots =>
  async (messages, signal) => {
    const body = JSON.stringify({ database, messages })
    const response = await writer.fetch('https://writer.invalid/', { method: 'POST', body, signal })
    if (!response.ok) throw new Error(`the writer answered ${response.status}`)
    const outcome = (await response.json()) as Outcome // our own `writeBallots` said it
    if ('durationMs' in outcome) return outcome.durationMs
    if ('rejected' in outcome) throw new ArchiveRejected(outcome.rejected)
    if ('unavailable' in outcome) throw new ArchiveUnavailable(outcome.unavailable)
    throw new Error(outcome.failed)
  }

/** Below what the consumer waits: it should hear how it ended. */
const patienceMs = 19_000

/** The other end. Whoever may call it says `isOwnCall`: the messages are taken for what the consumer has read. */
export const writeBallots =
  ({ writerOf }: { readonly writerOf: (database: string) => ArchiveBallots }) =>
  async (request: Request): Promise<Response> => {
    const { database, messages } = (await request.json()) as Order // sent by `askWriter`
    const writing = writerOf(database)(messages, AbortSignal.timeout(patienceMs))
    return Response.json(await outcomeOf(writing))
  }

const outcomeOf = async (writing: Promise<number>): Promise<Outcome> => {
  try {
    return { durationMs: await writing }
  } catch (error) {
    if (error instanceof ArchiveRejected) return { rejected: error.code }
    if (error instanceof ArchiveUnavailable) return { unavailable: error.code }
    return { failed: String(error) }
  }
}
