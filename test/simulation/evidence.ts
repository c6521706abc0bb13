// What is left when all is calm: the storage of every object, Postgres, and what the public verbs answer.
import type { InclusionProof, PollDeath } from '../../src/application/ports.ts'
import type { StoredBallot } from '../../src/ballot-box/decide.ts'
import { openLedger } from '../../src/ballot-box/ledger.ts'
import type { BallotKeys, Checkpoint, LogEntry } from '../../src/ballot-box/log.ts'
import { unpackEntries } from '../../src/ballot-box/pack-log.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import type { Results } from '../../src/domain/tally/results.ts'
import { emptyTally, type PollTally } from '../../src/domain/tally/tally.ts'
import type { RelayAddress } from '../../src/relay/protocol.ts'
import { type BoardState, openScorebook } from '../../src/scoreboard/scorebook.ts'
import type { FaultAccount } from '../support/simulated/chaos.ts'
import type { DeliveryRow } from '../support/webhook-tables.ts'
import { acknowledged, type ExportRecord, type History } from './history.ts'
import { exports } from './people/exports.ts'
import type { Stage } from './people/stage.ts'
import { read } from './people/watchers.ts'
import type { BoxStand } from './world/box-stand.ts'
import type { Deliveries } from './world/deliveries.ts'
import { edgeCount } from './world/edges.ts'
import type { World } from './world/world.ts'

export interface Evidence {
  readonly history: History
  readonly polls: readonly PollEvidence[]
  readonly faults: readonly FaultAccount[]
  readonly alarms: World['alarms']
  /** Messages that no queue has delivered yet. */
  readonly messagesHeld: number
  /** Bodies of dead letters that are left. */
  readonly letters: readonly unknown[]
  /** What is written down for the owner's webhook, and what came to its endpoint. */
  readonly deliveries: readonly DeliveryRow[]
  readonly received: Deliveries['received']
}

export interface PollEvidence {
  readonly name: string
  readonly poll: Poll
  /** null: the board knows no such poll. */
  readonly board: BoardState | null
  readonly definition: CountingDefinition | null
  readonly shards: readonly ShardEvidence[]
  readonly rows: readonly ArchivedBallot[]
  /** What Postgres has of the poll itself. */
  readonly record: Poll | null
  readonly tombstone: PollDeath | null
  readonly results: Results | null
  /** What each edge answers out of its memory. */
  readonly remembered: readonly (Results | null)[]
  /** The poll as each edge shows it. */
  readonly views: readonly (Poll | null)[]
  /** What a viewer who comes now is greeted with. */
  readonly greeting: Results | null
  readonly exported: ExportRecord | null
  readonly proofs: readonly { readonly ballotId: string; readonly proof: InclusionProof | null }[]
}

/** One box that somebody has asked for. */
export interface ShardEvidence {
  readonly shard: number
  /** Whether it holds anything at all. */
  readonly founded: boolean
  readonly frozen: boolean
  /** The version it was frozen with. */
  readonly frozenAt: number | null
  readonly archived: number
  readonly ballots: readonly (BallotKeys & { readonly stored: StoredBallot })[]
  readonly commits: readonly { readonly first: number; readonly last: number; readonly head: string }[]
  readonly entries: readonly LogEntry[]
  readonly version: number
  readonly tally: PollTally
  readonly checkpoints: readonly Checkpoint[]
}

/** Asks what must be asked, in virtual time, and reads the rest where it lies. */
export const gather = async (world: World, history: History, stages: readonly Stage[]): Promise<Evidence> => {
  const polls: PollEvidence[] = []
  for (const stage of stages) if (stage.poll !== null) polls.push(await gatherPoll(stage, stage.poll))
  return {
    history,
    polls,
    faults: world.chaos.account(),
    alarms: world.alarms,
    messagesHeld: world.archive.queues.reduce((sum, { held }) => sum + held, 0),
    deliveries: [...world.archive.tables.webhooks.deliveries.values()],
    received: world.archive.deliveries.received,
    letters: [...world.archive.tables.deadLetters.values()].map(({ body }) => body),
  }
}

const gatherPoll = async (stage: Stage, poll: Poll): Promise<PollEvidence> => {
  const { world, history, plan } = stage
  const { tables } = world.archive
  const results = await read(stage, 'the last reader', poll.id, 'anywhere')
  const remembered: (Results | null)[] = []
  const views: (Poll | null)[] = []
  for (let at = 0; at < edgeCount; at++) {
    remembered.push(await read(stage, 'the last reader', poll.id, at))
    const view = await world.edges.ask(({ readPoll }, signal) => readPoll({ pollId: poll.id }, signal), at)
    views.push(view.ok ? view.value : null)
  }
  const exportsBefore = history.exports.length
  await exports(stage, poll)
  const stand = world.boards.all().find(({ pollId }) => pollId === poll.id)
  const board = stand === undefined ? null : openScorebook(stand.object.disk.storage).load()
  const living = board !== null && board.deletedAt === null
  return {
    name: plan.name,
    poll,
    board,
    definition: living ? board.definition : null,
    shards: world.boxes
      .all()
      .filter(({ address }) => address.pollId === poll.id)
      .map((box) => shardOf(box, poll)),
    rows: [...(tables.ballots.get(poll.id) ?? [])],
    record: tables.polls.get(poll.id) ?? null,
    tombstone: tables.deletedPolls.get(poll.id) ?? null,
    results,
    remembered,
    views,
    greeting: await greetingOf(world, poll.id),
    exported: history.exports.slice(exportsBefore).at(-1) ?? null,
    proofs: living ? await proofsOf(stage, poll) : [],
  }
}

const greetingOf = async (world: World, pollId: string): Promise<Results | null> => {
  let greeting: Results | null = null
  const leaf: RelayAddress = { pollId, kind: 'leaf', index: 0 }
  await world.relays.watch(leaf, Number.MAX_SAFE_INTEGER, 0, {
    frame(text) {
      greeting ??= JSON.parse(text)
    },
    closed() {},
  })
  await world.schedule.pause(500)
  return greeting
}

/** Of some acknowledged ballots: each asks its box, and one may have to make a checkpoint. */
const proofsOf = async ({ world, history, chance }: Stage, poll: Poll) => {
  const ids = [...new Set(acknowledged(history.casts).map(({ ballot }) => ballot))]
    .filter(({ pollId }) => pollId === poll.id)
    .map(({ id }) => id)
  const proofs: { ballotId: string; proof: InclusionProof | null }[] = []
  for (const ballotId of new Set(chance.shuffled(ids).slice(0, 6))) {
    const proof = await world.edges.ask(({ proveBallot }, signal) =>
      proveBallot({ pollId: poll.id, ballotId }, signal),
    )
    proofs.push({ ballotId, proof: proof.ok ? proof.value : null })
  }
  return proofs
}

const shardOf = ({ address, object, frozenAt }: BoxStand, poll: Poll): ShardEvidence => {
  const { storage } = object.disk
  const tables = storage.all<{ name: string }>("select name from sqlite_master where type = 'table'")
  const empty: ShardEvidence = {
    shard: address.shard,
    founded: tables.length > 0,
    frozen: false,
    frozenAt,
    archived: 0,
    ballots: [],
    commits: [],
    entries: [],
    version: 0,
    tally: emptyTally(poll.questions),
    checkpoints: [],
  }
  const state = openLedger(storage).load(
    () => emptyTally(poll.questions),
    () => '',
  )
  if (state === null) return empty
  const log = storage.all<{ first: number; last: number; head: string; entries: string }>(
    'select * from log order by first',
  )
  const ballots = storage.all<
    Omit<StoredBallot, 'revisions'> & { voter_key: Uint8Array; ballot_key: Uint8Array; revisions: string }
  >('select * from ballot')
  const [tally] = storage.all<{ version: number; body: string }>('select version, body from tally')
  return {
    ...empty,
    frozen: state.frozen,
    archived: state.archived,
    ballots: ballots.map(({ voter_key, ballot_key, revisions, ...stored }) => ({
      voterKey: new Uint8Array(voter_key),
      ballotKey: new Uint8Array(ballot_key),
      stored: { ...stored, revisions: JSON.parse(revisions) },
    })),
    commits: log.map(({ first, last, head }) => ({ first, last, head })),
    entries: log.flatMap(({ first, entries }) => unpackEntries(first, entries)),
    version: tally?.version ?? 0,
    tally: tally === undefined ? empty.tally : JSON.parse(tally.body),
    checkpoints: storage.all<Checkpoint>('select seq, head, made_at as madeAt from checkpoint order by seq'),
  }
}
