// The edges of a world: the real verbs over the way to boxes and boards, as runtime/edge-services.ts introduces them.
import { castBallot } from '../../../src/application/cast-ballot.ts'
import { changePoll } from '../../../src/application/change-poll.ts'
import { closePoll } from '../../../src/application/close-poll.ts'
import { createPoll } from '../../../src/application/create-poll.ts'
import { deletePoll } from '../../../src/application/delete-poll.ts'
import { editPoll } from '../../../src/application/edit-poll.ts'
import { eraseBallot } from '../../../src/application/erase-ballot.ts'
import { exportBallots } from '../../../src/application/export-ballots.ts'
import { issueInvites } from '../../../src/application/issue-invites.ts'
import type { BallotReader, ReceiptBook } from '../../../src/application/ports.ts'
import { proveBallot } from '../../../src/application/prove-ballot.ts'
import { readOwnBallot } from '../../../src/application/read-own-ballot.ts'
import { readPoll } from '../../../src/application/read-poll.ts'
import { readResults } from '../../../src/application/read-results.ts'
import { type BoxNamespace, ballotBoxes } from '../../../src/ballot-box/client.ts'
import type { ColoCache } from '../../../src/cache/colo-tier.ts'
import type { KeyValueStore } from '../../../src/cache/kv-tier.ts'
import type { ReceiptClaims } from '../../../src/domain/ballot/receipt.ts'
import { fromBase64Url, toBase64Url } from '../../../src/kernel/bytes.ts'
import { endsAt } from '../../../src/kernel/deadline.ts'
import { hash, sha256 } from '../../../src/kernel/hash.ts'
import { accept } from '../../../src/kernel/result.ts'
import { ballotWindows } from '../../../src/runtime/ballot-windows.ts'
import {
  guardsOf,
  protectBallotBoxes,
  protectBoards,
  protectKeyValues,
} from '../../../src/runtime/protect.ts'
import { rememberPolls, rememberResults, rememberViews } from '../../../src/runtime/remember.ts'
import { type BoardNamespace, scoreboards } from '../../../src/scoreboard/client.ts'
import { ballotPagesOver, type RowsOf } from '../../support/ballot-pages.ts'
import { deadline } from '../../support/simulated/deadlines.ts'
import { coloOf } from '../../support/simulated/memories.ts'
import type { Route } from '../../support/simulated/network.ts'
import type { Caller } from '../../support/simulated/stateful-object.ts'
import type { Ground } from './ground.ts'

export interface Edges {
  /** One request of a client to an edge, which one does not matter unless said. Rejects when no answer comes: the
   *  connection broke, or patience ended. */
  ask<Answer>(
    handle: (services: Services, signal: AbortSignal) => Promise<Answer>,
    at?: number,
  ): Promise<Answer>
}

export type Services = ReturnType<typeof servicesOf>

interface Links {
  readonly boxes: (caller: Caller) => BoxNamespace<string>
  readonly boards: (caller: Caller) => BoardNamespace<string>
  readonly ballotReader: BallotReader & { readonly page: RowsOf }
  readonly kv: (caller: Caller) => KeyValueStore
}

/** A process at one location; what the location remembers outlives it. */
interface Edge {
  readonly life: { alive: boolean; departs(leave: () => void): void }
  readonly services: Services
}

export const edgeCount = 3
/** As http/middleware/deadline.ts. */
const requestMs = 10_000
/** How long a client waits. */
const patienceMs = 12_000

export const edgesOf = (ground: Ground, links: Links): Edges => {
  const { schedule, chaos, network } = ground
  const chance = ground.chance.fork('edges')
  const colos = Array.from({ length: edgeCount }, () => coloOf(schedule))
  let started = 0
  const start = (colo: ColoCache): Edge => {
    const life = {
      alive: true,
      departs: (leave: () => void) => {
        if (life.alive) leave()
      },
    }
    return { life, services: servicesOf(ground, links, life, colo, `isolate ${++started}`) }
  }
  const edges = colos.map(start)
  const restart = (at: number, edge: Edge) => {
    edge.life.alive = false
    const colo = colos[at]
    if (colo !== undefined && edges[at] === edge) edges[at] = start(colo)
  }

  return {
    ask: (handle, at = chance.below(edgeCount)) =>
      new Promise((resolve, reject) => {
        const patience = schedule.after(patienceMs, () => reject(new Error('no answer came')))
        network
          .call(clientRoute, client, async () => {
            const edge = edges[at]
            if (edge === undefined) throw new Error('there is no such edge')
            if (chaos.strikes('edge-restarted')) {
              // The request is inside when the process ends.
              schedule.after(chance.between(0, 25), () => {
                restart(at, edge)
                chaos.fired('edge-restarted')
              })
            }
            const signal = deadline(schedule, requestMs)
            endsAt(signal, edge.services.clock.now() + requestMs)
            const answer = await handle(edge.services, signal)
            if (!edge.life.alive) throw new Error('the edge ended')
            return answer
          })
          .then(resolve, reject)
          .finally(() => patience.cancel())
      }),
  }
}

const clientRoute: Route = {
  name: 'edge',
  requestLost: 'client-request-lost',
  replyLost: 'client-reply-lost',
}

const client: Caller = { alive: true, departs: (leave) => leave() }

const servicesOf = (
  ground: Ground,
  { boxes, boards, ballotReader, kv }: Links,
  edge: Caller,
  colo: ColoCache,
  isolate: string,
) => {
  const clock = ground.machines.any()
  const random = ground.chance.fork(isolate)
  const footing = { clock, random, report: ground.report, shedding: true }
  const guards = guardsOf(footing)
  const scoreboardsHere = protectBoards(scoreboards(boards(edge), clock), guards.boards)
  const around = {
    clock,
    random,
    report: ground.report,
    colo,
    kv: protectKeyValues(kv(edge), guards.kv),
    waitUntil: (work: Promise<unknown>) => void work.catch(() => undefined),
  }
  const common = {
    clock,
    random,
    receipts,
    tokens,
    ballotReader,
    ballotPages: ballotPagesOver(ballotReader.page),
    scoreboards: scoreboardsHere,
    source: scoreboardsHere,
    pollBook: rememberPolls(scoreboardsHere, around),
    pollViews: rememberViews(scoreboardsHere, around),
    results: rememberResults(scoreboardsHere, around),
    ballotBoxes: protectBallotBoxes(
      ballotBoxes(boxes(edge), clock),
      guards.boxes,
      ballotWindows(clock),
      footing,
    ),
    idSecret: hash('the simulation makes ids'),
  }
  // What is written down of invites is no part of counting.
  const aside = { pause: ground.schedule.pause, waitUntil: around.waitUntil, report: ground.report }
  return {
    isolate,
    clock,
    castBallot: castBallot({ ...common, challenges, suspicion }),
    changePoll: changePoll(common),
    closePoll: closePoll(common),
    createPoll: createPoll({ ...common, roomForPoll: async () => accept(null) }),
    deletePoll: deletePoll(common),
    editPoll: editPoll(common),
    eraseBallot: eraseBallot(common),
    exportBallots: exportBallots({
      ...common,
      writeTokens: { written: async () => null },
      pause: ground.schedule.pause,
    }),
    issueInvites: issueInvites({ ...common, inviteBook: { record: async () => {} }, ...aside }),
    proveBallot: proveBallot(common),
    readOwnBallot: readOwnBallot(common),
    readPoll: readPoll(common),
    readResults: readResults(common),
  }
}

/** Signs without a key and without a thread: who forges receipts is not the question here. */
const receipts: ReceiptBook = {
  sign: async (claims) =>
    `${toBase64Url(new TextEncoder().encode(JSON.stringify(claims)))}.${sealOf(claims)}`,
  verify: async (receipt) => {
    const claims: ReceiptClaims = JSON.parse(
      new TextDecoder().decode(fromBase64Url(receipt.split('.')[0] ?? '')),
    )
    return receipt.endsWith(`.${sealOf(claims)}`) ? claims : null
  },
  signCheckpoint: async (checkpoint) => sealOf(checkpoint),
  keys: () => ({ keys: [] }),
}

const sealOf = (claims: object): string => sha256(`seal ${JSON.stringify(claims)}`)

/** A token is who it names; the owner's signature is not the question here. */
const tokens = { subject: async (token: string) => token }
const challenges = { passed: async () => true }
const suspicion = { suspects: () => false, note: async () => undefined }
