// An audience in a process of its own: sockets that watch while ballots are cast, so that its CPU is never the server's.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { requireLoopback } from './loopback.ts'

export interface AudiencePlan {
  readonly origin: string
  /** Of the sockets. */
  readonly path: string
  readonly sockets: number
}

/** What is posted while the audience watches, one after the other, `{n}` being a number that only rises. */
export interface CastPlan {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly everyMs: number
  readonly seconds: number
}

export interface AudienceReport {
  /** Casts that were accepted. */
  readonly cast: number
  readonly frames: number
  /** Frames of the type `delta`, and how long they were together. */
  readonly deltas: number
  readonly deltaBytes: number
  /** From a cast's acceptance to the first frame that counts it, over all casts and sockets. */
  readonly lagP50Ms: number
  readonly lagP99Ms: number
  /** Sockets that had to come back, and frames that were older than one before them. */
  readonly reopened: number
  readonly backwards: number
  /** Sockets that had not seen the last cast half a minute later. */
  readonly behind: number
}

export interface Audience {
  watch(plan: CastPlan): Promise<AudienceReport>
  leave(): Promise<void>
}

export type ToAudience =
  | { readonly kind: 'open'; readonly plan: AudiencePlan }
  | { readonly kind: 'watch'; readonly plan: CastPlan }

export type FromAudience =
  | { readonly kind: 'opened' }
  | { readonly kind: 'report'; readonly report: AudienceReport }
  | { readonly kind: 'failed'; readonly reason: string }

/** Resolves once every socket is open and greeted. */
export const seatAudience = async (plan: AudiencePlan): Promise<Audience> => {
  requireLoopback(plan.origin)
  const child = fork(fileURLToPath(import.meta.resolve('./viewers-process.ts')), { execArgv: [] })
  const leave = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill()
    await ended
  }
  try {
    await answerOf(child, { kind: 'open', plan })
  } catch (error) {
    await leave()
    throw error
  }
  return {
    watch: async (plan) => {
      const answer = await answerOf(child, { kind: 'watch', plan })
      if (answer.kind !== 'report') throw new Error(`The audience answered "${answer.kind}".`)
      return answer.report
    },
    leave,
  }
}

const answerOf = (child: ChildProcess, order: ToAudience): Promise<FromAudience> =>
  new Promise((resolve, reject) => {
    const died = (code: number | null, signal: string | null): void =>
      reject(new Error(`The audience's process ended early (${signal ?? `code ${code}`}).`))
    child.once('exit', died)
    child.once('message', (answer: FromAudience) => {
      child.off('exit', died)
      if (answer.kind === 'failed') reject(new Error(`The audience failed: ${answer.reason}`))
      else resolve(answer)
    })
    child.send(order)
  })
