// One ballot box and who asks it, from outside: every measure is a call that the driver Worker carries out.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { spawnPeer } from '../../peers/spawn-peer.ts'
import type { Bill } from '../metered/meter.ts'
import type { Calls } from './worker.ts'

export interface LoneBox {
  /** Of the runtime: caller, box and scoreboard. */
  readonly pid: number
  /** Makes a poll of one box and casts its first ballot; `ballots` before that lie in the box already. */
  makePoll(id: string, ballots?: number): Promise<void>
  /** Calls `cast` or `standing` for so long, with `inFlight` unanswered at any moment; how many a second. */
  callsPerSecond(id: string, what: 'cast' | 'standing', seconds: number, inFlight: number): Promise<number>
  /** Commits so many groups of `size` ballots, cast inside the object. */
  commitGroups(id: string, commits: number, size: number): Promise<void>
  /** What all objects have cost so far; of the metered count Worker only. */
  bill(id: string): Promise<Bill>
  stop(): Promise<void>
}

/** Starts a runtime of its own on a folder of its own. */
export const startLoneBox = async (folder: string, objects: 'deployed' | 'metered'): Promise<LoneBox> => {
  mkdirSync(folder, { recursive: true })
  const module = fileURLToPath(import.meta.resolve('./process.ts'))
  const { ready, pid, stop } = await spawnPeer(module, [folder, objects])
  const ask = async (path: string, words: Readonly<Record<string, string | number>>): Promise<unknown> => {
    const query = new URLSearchParams(Object.entries(words).map(([name, value]) => [name, String(value)]))
    // Filling a box takes longer than fetch waits for headers only far above the sizes used here.
    const response = await fetch(`${ready.origin}${path}?${query}`, { method: 'POST' })
    if (!response.ok)
      throw new Error(`The driver of the box failed: ${response.status} ${await response.text()}`)
    return response.json()
  }
  const call = async (path: string, words: Readonly<Record<string, string | number>>): Promise<number> => {
    const { done, refused } = (await ask(path, words)) as Calls // our own Worker's answer
    if (refused > 0 || done === 0) throw new Error(`${path}: ${refused} refused, ${done} done`)
    return done
  }
  return {
    pid,
    makePoll: async (id, ballots = 0) => {
      await (ballots === 0 ? call('/poll', { id }) : call('/seeded-poll', { id, ballots }))
    },
    callsPerSecond: async (id, what, seconds, inFlight) => {
      await call(`/${what}`, { id, inFlight, seconds: 0.5 })
      const startMs = performance.now()
      const done = await call(`/${what}`, { id, inFlight, seconds })
      return (done * 1000) / (performance.now() - startMs)
    },
    commitGroups: async (id, commits, size) => {
      await call('/groups', { id, commits, size })
    },
    bill: async (id) => (await ask('/bill', { id })) as Bill, // our own Worker's answer
    stop,
  }
}
