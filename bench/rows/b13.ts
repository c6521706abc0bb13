// B13: what it costs to tell an audience: CPU a frame and socket against a bare loop of sends, and how late frames come.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Audience, type AudienceReport, seatAudience } from '../load/viewers.ts'
import { cpuMicrosBetween, readCpu } from '../measure/cpu.ts'
import { residentBytes } from '../measure/memory.ts'
import { untilIdle } from '../measure/until-idle.ts'
import { type Peer, spawnPeer } from '../peers/spawn-peer.ts'
import { interleave, spreadOf } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'
import { withServers } from '../with-servers.ts'

export const b13: Row = {
  id: 'B13',
  comparison: `CPU of a frame to one of 2,000 sockets vs of a send in a bare loop on the same runtime`,
  atMost: 1.2,
  run: (context) =>
    withServers(
      [
        () => startBenchStack(join(context.scratch, 'ours')),
        () => {
          const folder = join(context.scratch, 'bare')
          mkdirSync(folder)
          return spawnPeer(fileURLToPath(import.meta.resolve('../drivers/bare-sockets/process.ts')), [folder])
        },
      ],
      ([ours, bare]) => measure(context, ours, bare),
    ),
}

const sockets = 2_000
/** Twice a second, the pace of a leaf with so many sockets: every frame has one new ballot. */
const everyMs = 500
const lagMs = 1_000
const deltaBytes = 200

interface Side {
  readonly audience: Audience
  readonly pid: number
  /** Resident memory that the sockets added and CPU that opening them took, by socket. */
  readonly bytesASocket: number
  readonly cpuMicrosASocket: number
  readonly cast: {
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

interface Sample extends AudienceReport {
  /** Of the whole server, until it has come to rest. */
  readonly cpuMicros: number
}

type Name = 'ours' | 'unwatched' | 'bare'
type Sampled = Readonly<Record<Name, Sample>>

const measure = async (
  { rounds, seconds, say }: RowContext,
  ours: BenchStack,
  bare: Peer,
): Promise<Measurement> => {
  const audiences: Audience[] = []
  const seat = async ({ pid, origin }: Pick<BenchStack, 'pid' | 'origin'>, path: string, count = sockets) => {
    await settle(pid)
    const [bytesBefore, cpuBefore] = [residentBytes(pid), readCpu(pid)]
    const audience = await seatAudience({ origin, path, sockets: count })
    audiences.push(audience)
    await settle(pid)
    const bytesASocket = (residentBytes(pid) - bytesBefore) / count
    const cpuMicrosASocket = cpuMicrosBetween(cpuBefore, readCpu(pid)) / count
    say(`${count} sockets are open: ${kb(bytesASocket)} and ${Math.round(cpuMicrosASocket)} µs a socket`)
    return { audience, pid, bytesASocket, cpuMicrosASocket }
  }
  const seatOurs = async (count?: number): Promise<Side> => {
    const pollId = await ours.makePoll()
    return { ...(await seat(ours, `/v1/polls/${pollId}/results/live`, count)), cast: ballotsOf(pollId) }
  }
  try {
    const sides: Readonly<Record<Name, Side>> = {
      ours: await seatOurs(),
      unwatched: await seatOurs(1),
      bare: {
        ...(await seat({ pid: bare.pid, origin: bare.ready.origin }, '/live')),
        cast: { path: '/send', headers: {}, body: '' },
      },
    }
    const side = (name: Name) => ({ name, measure: () => sampleOf(sides[name], seconds) })
    const samples = await interleave(
      rounds,
      [side('ours'), side('unwatched'), side('bare')],
      (round, number) =>
        say(
          `round ${number}: ours ${shown(round.ours)}, of which ballots ${Math.round(round.unwatched.cpuMicros / 1000)} ms; bare ${shown(round.bare)}`,
        ),
    )
    return measurementOf(samples, sides)
  } finally {
    for (const audience of audiences) await audience.leave()
  }
}

const ballotsOf = (pollId: string): Side['cast'] => ({
  path: `/v1/polls/${pollId}/ballots`,
  headers: { 'content-type': 'application/json', 'voter-id': `${pollId}-voter-{n}` },
  body: '{"answers":{"q":["a"]}}',
})

/** Without what the same ballots cost in a poll that one person watches. */
const microsASend = ({ ours, unwatched }: Sampled): number =>
  (ours.cpuMicros - unwatched.cpuMicros) / ours.frames

const microsABareSend = ({ bare }: Sampled): number => bare.cpuMicros / bare.frames

const measurementOf = (samples: readonly Sampled[], sides: Readonly<Record<Name, Side>>): Measurement => {
  const median = (of: (round: Sampled) => number): number => spreadOf(samples.map(of)).median
  const { ours, bare } = sides
  const socketsOf = ({ bytesASocket, cpuMicrosASocket }: Side) => ({ bytesASocket, cpuMicrosASocket })
  return {
    ratios: samples.map((round) => microsASend(round) / microsABareSend(round)),
    also: [
      {
        comparison: 'the same with all that the ballots cost besides',
        ratios: samples.map((round) => round.ours.cpuMicros / round.ours.frames / microsABareSend(round)),
        bound: null,
      },
      {
        comparison:
          'time from an accepted ballot to the frame that counts it, p99 at 2,000 sockets, of a second',
        ratios: samples.map(({ ours }) => ours.lagP99Ms / lagMs),
        bound: { atMost: 1 },
      },
      {
        comparison: 'bytes of a delta of one choice question, of 200',
        ratios: samples.map(({ ours }) => ours.deltaBytes / ours.deltas / deltaBytes),
        bound: { atMost: 1 },
      },
      {
        comparison: 'memory of a socket vs in the bare loop',
        ratios: [ours.bytesASocket / bare.bytesASocket],
        bound: null,
      },
      {
        comparison: 'CPU of opening a socket vs in the bare loop',
        ratios: [ours.cpuMicrosASocket / bare.cpuMicrosASocket],
        bound: null,
      },
    ],
    samples: [...samples, { ours: socketsOf(ours), bare: socketsOf(bare) }],
    notes: [
      `${sockets.toLocaleString('en')} sockets each, opened through the public route and held by a process beside; a ballot is cast every ${everyMs} ms, and CPU (/proc, the whole process tree) is divided by the frames that arrived.`,
      `Ours: ${Math.round(median(microsASend))} µs a frame, less what the same ballots cost in a poll that one person watches. The bare loop: ${Math.round(median(microsABareSend))} µs, one object with hibernating sockets that sends each a text as long.`,
      `Ballot to frame: p50 ${Math.round(median(({ ours }) => ours.lagP50Ms))} ms, p99 ${Math.round(median(({ ours }) => ours.lagP99Ms))} ms; in the bare loop ${Math.round(median(({ bare }) => bare.lagP50Ms))} and ${Math.round(median(({ bare }) => bare.lagP99Ms))} ms. The audience shares the machine.`,
      `A delta has ${Math.round(median(({ ours }) => ours.deltaBytes / ours.deltas))} bytes: a choice between two, in JSON.`,
      `A socket: ${kb(ours.bytesASocket)} of the runtime’s resident memory and ${Math.round(ours.cpuMicrosASocket)} µs to open; in the bare loop ${kb(bare.bytesASocket)} and ${Math.round(bare.cpuMicrosASocket)} µs. Taken once.`,
    ],
  }
}

const sampleOf = async ({ audience, pid, cast }: Side, seconds: number): Promise<Sample> => {
  await settle(pid)
  const before = readCpu(pid)
  const report = await audience.watch({ ...cast, everyMs, seconds })
  await settle(pid)
  const cpuMicros = cpuMicrosBetween(before, readCpu(pid))
  if (report.behind > 0) throw new Error(`${report.behind} sockets never saw the last ballot.`)
  if (report.backwards > 0) throw new Error(`${report.backwards} frames went back.`)
  return { ...report, cpuMicros }
}

const settle = async (pid: number): Promise<void> => {
  await pause(1_000) // what follows a ballot by timers has begun by then
  await untilIdle(pid, 30_000)
}

const shown = ({ cpuMicros, lagP50Ms, lagP99Ms, frames, cast }: Sample): string =>
  `${Math.round(cpuMicros / 1000)} ms, ${Math.round(cpuMicros / frames)} µs a frame, p50 ${Math.round(lagP50Ms)} ms, p99 ${Math.round(lagP99Ms)} ms (${frames} frames of ${cast} ballots)`

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`
