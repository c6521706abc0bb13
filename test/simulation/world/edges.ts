// The edges of a world: the real verbs over the way to boxes and boards, as runtime/edge-services.ts introduces them.
import { castBallot } from '../../../src/application/cast-ballot.ts'
import { changePoll } from '../../../src/application/change-poll.ts'
import { closePoll } from '../../../src/application/close-poll.ts'
import { createPoll } from '../../../src/application/create-poll.ts'
import { deletePoll } from '../../../src/application/delete-poll.ts'
import { eraseBallot } from '../../../src/application/erase-ballot.ts'
import { exportBallots } from '../../../src/application/export-ballots.ts'
import { issueInvites } from '../../../src/application/issue-invites.ts'
import type { BallotReader, ReceiptBook } from '../../../src/application/ports.ts'
import { proveBallot } from '../../../src/application/prove-ballot.ts'
import { readCheckpoints } from '../../../src/application/read-log.ts'
import { readOwnBallot } from '../../../src/application/read-own-ballot.ts'
import { readPoll } from '../../../src/application/read-poll.ts'
import { readResults } from '../../../src/application/read-results.ts'
import { type BoxNamespace, ballotBoxes } from '../../../src/ballot-box/client.ts'
import type { ReceiptClaims } from '../../../src/domain/ballot/receipt.ts'
import { fromBase64Url, toBase64Url } from '../../../src/kernel/bytes.ts'
import { sha256 } from '../../../src/kernel/hash.ts'
import { rememberPolls } from '../../../src/runtime/remember.ts'
import { type BoardNamespace, scoreboards } from '../../../src/scoreboard/client.ts'
import { deadline } from '../../support/simulated/deadlines.ts'
import type { Route } from '../../support/simulated/network.ts'
import type { Caller } from '../../support/simulated/stateful-object.ts'
import type { Ground } from './ground.ts'

export interface Edges {
  /** One request of a client to some edge. Rejects when no answer comes: the connection broke, or patience ended. */
  ask<Answer>(handle: (services: Services, signal: AbortSignal) => Promise<Answer>): Promise<Answer>
  restart(): void
}

export type Services = ReturnType<typeof servicesOf>

interface Links {
  readonly boxes: (caller: Caller) => BoxNamespace<string>
  readonly boards: (caller: Caller) => BoardNamespace<string>
  readonly ballotReader: BallotReader
}

interface Edge {
  readonly life: { alive: boolean; departs(leave: () => void): void }
  readonly services: Services
}

const edgesAtWork = 3
/** As http/middleware/deadline.ts. */
const requestMs = 10_000
/** How long a client waits. */
const patienceMs = 12_000

export const edgesOf = (ground: Ground, links: Links): Edges => {
  const { schedule, chaos, network } = ground
  const chance = ground.chance.fork('edges')
  const start = (): Edge => {
    const life = {
      alive: true,
      departs: (leave: () => void) => {
        if (life.alive) leave()
      },
    }
    return { life, services: servicesOf(ground, links, life) }
  }
  const edges = Array.from({ length: edgesAtWork }, start)
  const restart = (at: number) => {
    const edge = edges[at]
    if (edge !== undefined) edge.life.alive = false
    edges[at] = start()
  }

  return {
    ask: (handle) =>
      new Promise((resolve, reject) => {
        const patience = schedule.after(patienceMs, () => reject(new Error('no answer came')))
        const at = chance.below(edgesAtWork)
        network
          .call(clientRoute, client, async () => {
            const edge = edges[at]
            if (edge === undefined) throw new Error('there is no such edge')
            if (chaos.strikes('edge-restarted')) {
              // The request is inside when the process ends.
              schedule.after(chance.between(0, 25), () => {
                if (edges[at] === edge) restart(at)
                chaos.fired('edge-restarted')
              })
            }
            const answer = await handle(edge.services, deadline(schedule, requestMs))
            if (!edge.life.alive) throw new Error('the edge ended')
            return answer
          })
          .then(resolve, reject)
          .finally(() => patience.cancel())
      }),
    restart: () => restart(chance.below(edgesAtWork)),
  }
}

const clientRoute: Route = {
  name: 'edge',
  requestLost: 'client-request-lost',
  replyLost: 'client-reply-lost',
}

const client: Caller = { alive: true, departs: (leave) => leave() }

const servicesOf = (ground: Ground, { boxes, boards, ballotReader }: Links, edge: Caller) => {
  const clock = ground.machines.any()
  const random = ground.chance.fork(`edge at ${ground.schedule.now}/${ground.chance.fraction()}`)
  const scoreboardsHere = scoreboards(boards(edge))
  const pollBook = rememberPolls(scoreboardsHere, clock)
  const ballotBoxesHere = ballotBoxes(boxes(edge), clock)
  const common = {
    pollBook,
    scoreboards: scoreboardsHere,
    ballotBoxes: ballotBoxesHere,
    ballotReader,
    receipts,
    tokens,
    random,
    clock,
  }
  return {
    castBallot: castBallot({ ...common, challenges, suspicion }),
    changePoll: changePoll(common),
    closePoll: closePoll(common),
    createPoll: createPoll(common),
    deletePoll: deletePoll(common),
    eraseBallot: eraseBallot(common),
    exportBallots: exportBallots({ ...common, pause: ground.schedule.pause }),
    issueInvites: issueInvites(common),
    proveBallot: proveBallot(common),
    readCheckpoints: readCheckpoints(common),
    readOwnBallot: readOwnBallot(common),
    readPoll: readPoll(common),
    readResults: readResults(common),
  }
}

/** Signs without a key and without a thread: who forges receipts is not the question here. */
const receipts: ReceiptBook = {
  sign: async (claims) => `${toBase64Url(new TextEncoder().encode(JSON.stringify(claims)))}.${sealOf(claims)}`,
  verify: async (receipt) => {
    const claims: ReceiptClaims = JSON.parse(new TextDecoder().decode(fromBase64Url(receipt.split('.')[0] ?? '')))
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
