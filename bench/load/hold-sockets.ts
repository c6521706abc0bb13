// Holds many sockets, casts while they watch, and notes when each first saw what was cast.
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'undici'
import { latencyRecord } from './latency.ts'
import type { AudiencePlan, AudienceReport, CastPlan } from './viewers.ts'

export interface Sockets {
  watch(plan: CastPlan): Promise<AudienceReport>
}

/** So many are opened at a time: a server that is measured for its frames is not stormed. */
const openedAtOnce = 20
const triesASocket = 60
const patienceMs = 30_000

/** What one socket has seen. */
interface Seat {
  /** As many ballots as its newest frame counts. */
  ballots: number
  isOpen: boolean
}

export const openSockets = async ({ origin, path, sockets }: AudiencePlan): Promise<Sockets> => {
  const url = new URL(path, origin.replace('http', 'ws')).href
  const seats: Seat[] = Array.from({ length: sockets }, () => ({ ballots: -1, isOpen: false }))
  const acceptedAt = new Map<number, number>()
  let cast = 0
  let count = newCount()

  const hear = (seat: Seat, text: string): void => {
    const ballots = ballotsIn(text)
    if (ballots === null) return
    count.frames++
    if (text.startsWith('{"type":"delta"')) {
      count.deltas++
      count.deltaBytes += Buffer.byteLength(text)
    }
    if (ballots < seat.ballots) count.backwards++
    const now = performance.now()
    for (let seen = seat.ballots + 1; seen <= ballots; seen++) {
      const accepted = acceptedAt.get(seen)
      // A frame may be there before the answer that says the ballot was accepted.
      if (seen > 0) count.lags.add(accepted === undefined ? 0 : now - accepted)
    }
    seat.ballots = Math.max(seat.ballots, ballots)
  }

  const open = (seat: Seat): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url)
      socket.addEventListener('message', ({ data }) => {
        hear(seat, String(data))
        seat.isOpen = true
        resolve()
      })
      socket.addEventListener('close', ({ code }) => {
        reject(new Error(`a socket was closed with ${code}`))
        if (!seat.isOpen) return
        seat.isOpen = false
        count.reopened++
        void take(seat).catch(() => undefined) // who stays away is counted as behind
      })
    })

  /** Comes back as a client would: a leaf that is full sends on, and a new one takes a moment to come. */
  const take = async (seat: Seat): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        return await open(seat)
      } catch (error) {
        if (tries === triesASocket) throw error
        await pause(Math.random() * Math.min(2_000, 50 * 2 ** tries))
      }
    }
  }

  const waiting = [...seats]
  await Promise.all(
    Array.from({ length: openedAtOnce }, async () => {
      for (let seat = waiting.pop(); seat !== undefined; seat = waiting.pop()) await take(seat)
    }),
  )

  return {
    watch: async (plan) => {
      count = newCount()
      const before = cast
      const startMs = performance.now()
      for (let atMs = 0; atMs < plan.seconds * 1000; atMs += plan.everyMs) {
        await pause(Math.max(0, startMs + atMs - performance.now()))
        await post(origin, plan, cast + 1)
        cast++
        acceptedAt.set(cast, performance.now())
      }
      const lastMs = performance.now() + patienceMs
      while (seats.some(({ ballots }) => ballots < cast) && performance.now() < lastMs) await pause(20)
      const { lags, ...counted } = count
      const { p50Ms, p99Ms } = lags.summary()
      return {
        ...counted,
        cast: cast - before,
        lagP50Ms: p50Ms,
        lagP99Ms: p99Ms,
        behind: seats.filter(({ ballots }) => ballots < cast).length,
      }
    },
  }
}

const newCount = () => ({
  frames: 0,
  deltas: 0,
  deltaBytes: 0,
  reopened: 0,
  backwards: 0,
  lags: latencyRecord(),
})

/** Of a frame or document; the first such member is that of the whole. */
const ballotsIn = (text: string): number | null => {
  const [, ballots] = /"ballots":(\d+)/.exec(text) ?? []
  return ballots === undefined ? null : Number(ballots)
}

const post = async (origin: string, { path, headers, body }: CastPlan, number: number): Promise<void> => {
  const numbered = Object.entries(headers).map(([name, value]) => [
    name,
    value.replace('{n}', String(number)),
  ])
  const answer = await fetch(new URL(path, origin), {
    method: 'POST',
    headers: Object.fromEntries(numbered),
    body,
  })
  await answer.body?.cancel()
  if (answer.status !== 201) throw new Error(`a cast was answered ${answer.status}`)
}
