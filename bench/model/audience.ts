// The arithmetic of a large audience: how many objects, messages and dollars it takes to tell everybody of every version.
import { branchOf, intervalMs, leavesFor, leavesOfBoard, mostBranches, roomOf } from '../../src/relay/plan.ts'
import { pingMs } from '../../web/live/socket-line.ts'
import { returnWithinMs } from '../../web/live/watch-results.ts'
import { dollarsOf, type Usage } from '../measure/prices.ts'
import inputs from './inputs.json' with { type: 'json' }

export interface AudienceOrder {
  readonly viewers: number
  /** Publications a second: at most the board's four. */
  readonly versionsPerSecond: number
  /** How often a viewer connects in an hour: networks change, tabs are hidden and seen again. */
  readonly joins: number
}

/** Dollars and counts are of one hour. */
export interface AudienceModel {
  readonly leaves: number
  readonly branches: number
  /** On the average leaf. */
  readonly sockets: number
  /** What a leaf takes. */
  readonly room: number
  /** Seconds between two frames of a leaf. */
  readonly frameEverySeconds: number
  readonly framesPerSecond: number
  readonly gigabitsPerSecond: number
  /** Of a leaf's time, by the CPU of a send as measured here and as the platform's objects have it. */
  readonly leafBusy: { readonly measured: number; readonly platform: number }
  /** Objects told of a version by the board itself; by all. */
  readonly toldByBoard: number
  readonly pushesPerSecond: number
  readonly pingsPerSecond: number
  /** When every socket is lost at one moment. */
  readonly storm: {
    readonly withinSeconds: number
    readonly joinsPerSecond: number
    readonly joinsPerSecondAtLeaf: number
    /** Of what an object takes in a second. */
    readonly ofAnObject: number
    readonly cores: number
  }
  readonly dollars: {
    readonly awake: number
    readonly pushes: number
    readonly pings: number
    readonly joins: number
    readonly total: number
  }
  /** Instead of sockets: everybody asks every five seconds. */
  readonly pollingDollars: number
}

const hour = 3_600
const pollEverySeconds = 5

/** @throws RangeError where no such audience can be seated. */
export const audienceOf = ({ viewers, versionsPerSecond, joins }: AudienceOrder): AudienceModel => {
  const { measured, platform } = inputs
  const leaves = leavesFor(viewers)
  const room = roomOf(leaves)
  const sockets = viewers / leaves
  if (sockets > room)
    throw new RangeError(`${leaves} leaves of ${room} sockets do not seat ${viewers} viewers.`)
  const branches = Math.min(mostBranches, 1 + (branchOf(leaves - 1) ?? -1))
  const framesPerSecond = Math.min(versionsPerSecond, 1_000 / intervalMs(sockets))
  const pushesPerSecond = versionsPerSecond * (leaves + branches)
  const pingsPerSecond = (viewers * 1_000) / pingMs
  const withinSeconds = returnWithinMs / 1_000
  const joinsPerSecond = viewers / withinSeconds
  const awakeSeconds = hour * (leaves + branches + 1)
  const busy = (micros: number): number => (framesPerSecond * sockets * micros) / 1e6
  const dollars = {
    awake: costOf({ objectGbSecond: awakeSeconds * platform.objectMemoryGb.value }),
    pushes: costOf({ objectRequest: pushesPerSecond * hour }),
    pings: costOf({ objectRequest: (pingsPerSecond * hour) / platform.messagesARequest.value }),
    joins: costOf({
      workersRequest: viewers * joins,
      objectRequest: viewers * joins,
      workersCpuMs: (viewers * joins * measured.socketCpuMicros.value) / 1_000,
    }),
  }
  const polls = (viewers * hour) / pollEverySeconds
  return {
    leaves,
    branches,
    sockets,
    room,
    frameEverySeconds: 1 / framesPerSecond,
    framesPerSecond: viewers * framesPerSecond,
    gigabitsPerSecond: (viewers * framesPerSecond * measured.frameBytes.value * 8) / 1e9,
    leafBusy: {
      measured: busy(measured.frameCpuMicros.value),
      platform: busy(platform.frameCpuMicros.value),
    },
    toldByBoard: Math.min(leaves, leavesOfBoard) + branches,
    pushesPerSecond,
    pingsPerSecond,
    storm: {
      withinSeconds,
      joinsPerSecond,
      joinsPerSecondAtLeaf: sockets / withinSeconds,
      ofAnObject: sockets / withinSeconds / platform.objectRequestsPerSecond.value,
      cores: (joinsPerSecond * measured.socketCpuMicros.value) / 1e6,
    },
    dollars: { ...dollars, total: Object.values(dollars).reduce((sum, each) => sum + each, 0) },
    pollingDollars: costOf({ workersRequest: polls }),
  }
}

const costOf = (used: Partial<Usage>): number =>
  Object.values(dollarsOf({ ...nothing, ...used })).reduce((sum, each) => sum + each, 0)

const nothing: Usage = {
  workersRequest: 0,
  workersCpuMs: 0,
  objectRequest: 0,
  objectGbSecond: 0,
  rowRead: 0,
  rowWritten: 0,
  queueOperation: 0,
  redisCommand: 0,
}
