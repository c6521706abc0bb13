// How many ballots a server takes a second over HTTP, each durable and from another voter, and what one costs in CPU.
import { acceptedIn } from '../load/answer-class.ts'
import type { LoadReport } from '../load/plan.ts'
import { closedLoop, runLoad } from '../load/run-load.ts'
import { cpuMicrosBetween, readCpu } from './cpu.ts'
import { untilIdle } from './until-idle.ts'

export interface BallotServer {
  readonly origin: string
  /** The root of its process tree. */
  readonly pid: number
}

export interface BallotSample {
  readonly ballotsPerSecond: number
  /** Of the whole server, until it has come to rest: what it does after it answered is part of the price. */
  readonly cpuMicrosPerBallot: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Ballots on one question `q`, `{"q":["a"]}` and `{"q":["b"]}` in turn, by `concurrency` voters at a time. */
export const measureBallots = async (
  server: BallotServer,
  {
    pollId,
    seconds,
    concurrency,
  }: { readonly pollId: string; readonly seconds: number; readonly concurrency: number },
): Promise<BallotSample> => {
  const before = readCpu(server.pid)
  const report = await runLoad(
    closedLoop({
      origin: server.origin,
      seconds,
      connections: concurrency,
      request: {
        method: 'POST',
        path: `/v1/polls/${pollId}/ballots`,
        headers: { 'content-type': 'application/json', 'voter-id': `${pollId}-voter-{n}` },
        bodies: ['{"answers":{"q":["a"]}}', '{"answers":{"q":["b"]}}'],
      },
    }),
  )
  const accepted = requireAllAccepted(report)
  await untilIdle(server.pid, settleMs)
  return {
    ballotsPerSecond: acceptedIn(report.window.answers) / report.window.seconds,
    cpuMicrosPerBallot: cpuMicrosBetween(before, readCpu(server.pid)) / accepted,
    p50Ms: report.latency['201']?.p50Ms ?? 0,
    p99Ms: report.latency['201']?.p99Ms ?? 0,
  }
}

/** A rate among which are refusals compares nothing. */
const requireAllAccepted = ({ answers, sent }: LoadReport): number => {
  const accepted = acceptedIn(answers)
  if (accepted !== sent) throw new Error(`Not every ballot was accepted: ${JSON.stringify(answers)}`)
  return accepted
}

const settleMs = 60_000
