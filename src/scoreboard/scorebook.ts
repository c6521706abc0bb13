// A scoreboard's tables as the board thinks of them. No decisions.
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { Poll } from '../domain/poll/poll.ts'
import type { RunoffOutcome } from '../domain/tally/runoff.ts'
import type { PollTally } from '../domain/tally/tally.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import { hasTables, prepareTables } from './schema.ts'

/** Durable facts; the board changes its copy only after it has written. */
export interface BoardState {
  definition: CountingDefinition
  /** The poll's stage that Postgres is known to have. */
  recorded: number
  /** Whether Postgres is known to have heard that the poll has opened. */
  opened: boolean
  /** Invites issued: serials 1 … invites. */
  invites: number
  /** When the poll was deleted; its tombstone stays a while. null: it was not. */
  readonly deletedAt: number | null
  /** Whether nothing of the deleted poll is left anywhere. */
  readonly removed: boolean
  /** Shards that have joined, with the newest tally that is durable here. */
  readonly shards: Map<number, Shard>
  publication: Publication | null
  /** What is known to lie where everybody can read it: stage of the closed poll + version of its final publication. */
  shelved: number
  /** The poll as it was made, and what it was asked for with: the answer to a repeat. */
  readonly origin: { readonly poll: Poll; readonly fingerprint: string }
  /** Boxes may be held for a change of questions that has not been decided. */
  holding: boolean
  /** Final runoffs by question, once the poll is closed. */
  runoffs: Runoffs
}

export interface Shard {
  readonly version: number
  /** null: nothing reported yet. */
  readonly tally: PollTally | null
  /** The poll version that the box has confirmed. */
  readonly adopted: number
  readonly frozen: boolean
}

export interface Publication {
  readonly version: number
  readonly final: boolean
  readonly document: string
}

export type Runoffs = Readonly<Record<string, RunoffOutcome | null>>

export type Scorebook = ReturnType<typeof openScorebook>

export const openScorebook = (storage: ObjectStorage) => {
  if (hasTables(storage)) prepareTables(storage)

  const keepShard = (shard: number, { version, tally, adopted, frozen }: Shard) => {
    storage.run(
      `insert into shard (shard, version, tally, adopted, frozen) values (?, ?, ?, ?, ?)
       on conflict (shard) do update set
         version = excluded.version, tally = excluded.tally, adopted = excluded.adopted, frozen = excluded.frozen`,
      shard,
      version,
      tally === null ? null : JSON.stringify(tally),
      adopted,
      frozen ? 1 : 0,
    )
  }

  const keepPoll = (poll: Poll) => storage.run('update board set poll = ? where id = 1', JSON.stringify(poll))

  return {
    /** null: no such poll. */
    load(): BoardState | null {
      if (!hasTables(storage)) return null
      const [board] = storage.all<BoardRow>('select * from board')
      if (board === undefined) return null
      const [publication] = storage.all<{ version: number; final: number; document: string }>(
        'select * from publication',
      )
      return {
        definition: {
          poll: JSON.parse(board.poll),
          secret: new Uint8Array(board.secret),
          revokedInvites: JSON.parse(board.revoked_invites),
        },
        recorded: board.recorded,
        opened: storage.all('select 1 from opening').length > 0,
        invites: board.invites,
        deletedAt: board.deleted_at,
        removed: board.removed === 1,
        shards: new Map(storage.all<ShardRow>('select * from shard').map((row) => [row.shard, shardOf(row)])),
        shelved: board.shelved,
        publication: publication === undefined ? null : { ...publication, final: publication.final === 1 },
        origin: { poll: JSON.parse(board.origin), fingerprint: board.fingerprint },
        holding: board.holding === 1,
        runoffs: JSON.parse(board.runoffs),
      }
    },

    create({ poll, secret, revokedInvites }: CountingDefinition, fingerprint: string): void {
      prepareTables(storage)
      storage.run(
        'insert into board (id, poll, secret, revoked_invites, origin, fingerprint) values (1, ?, ?, ?, ?, ?)',
        JSON.stringify(poll),
        secret,
        JSON.stringify(revokedInvites),
        JSON.stringify(poll),
        fingerprint,
      )
    },

    keepRemoved(): void {
      storage.run('update board set removed = 1 where id = 1')
    },

    keepHolding(): void {
      storage.run('update board set holding = 1 where id = 1')
    },

    redefine({ poll, revokedInvites }: CountingDefinition): void {
      storage.run(
        'update board set poll = ?, revoked_invites = ?, holding = 0 where id = 1',
        JSON.stringify(poll),
        JSON.stringify(revokedInvites),
      )
    },

    keepRecorded(version: number, opened: boolean): void {
      storage.transaction(() => {
        storage.run('update board set recorded = max(recorded, ?) where id = 1', version)
        if (opened) storage.run('insert into opening (id) values (1) on conflict (id) do nothing')
      })
    },

    keepShelved(version: number): void {
      storage.run('update board set shelved = max(shelved, ?) where id = 1', version)
    },

    keepInvites(issued: number): void {
      storage.run('update board set invites = ? where id = 1', issued)
    },

    keepShard,

    /** `closed` is the poll where this publication ends its life: both become true together. */
    publish(
      publication: Publication,
      changed: ReadonlyMap<number, Shard>,
      closed?: { poll: Poll; runoffs: Runoffs },
    ): void {
      storage.transaction(() => {
        for (const [shard, kept] of changed) keepShard(shard, kept)
        if (closed !== undefined) {
          keepPoll(closed.poll)
          storage.run('update board set runoffs = ? where id = 1', JSON.stringify(closed.runoffs))
        }
        storage.run(
          `insert into publication (id, version, final, document) values (1, ?, ?, ?)
           on conflict (id) do update
           set version = excluded.version, final = excluded.final, document = excluded.document`,
          publication.version,
          publication.final ? 1 : 0,
          publication.document,
        )
      })
    },

    /** Leaves a tombstone: secret, definition and numbers go now; what is left finds the boxes. */
    bury(poll: Poll, deletedAt: number): void {
      const { id, workspaceId, shards, phase, version } = poll
      storage.transaction(() => {
        storage.run(
          `update board set deleted_at = ?, poll = ?, origin = '{}', fingerprint = '', runoffs = '{}', secret = x'',
           revoked_invites = '[]', holding = 0 where id = 1`,
          deletedAt,
          JSON.stringify({ id, workspaceId, shards, phase, version }),
        )
        storage.run('update shard set tally = null')
        storage.run('delete from publication')
      })
    },

    forgetShard(shard: number): void {
      storage.run('delete from shard where shard = ?', shard)
    },
  }
}

interface BoardRow {
  poll: string
  secret: Uint8Array
  revoked_invites: string
  recorded: number
  shelved: number
  invites: number
  deleted_at: number | null
  removed: number
  runoffs: string
  origin: string
  fingerprint: string
  holding: number
}

interface ShardRow {
  shard: number
  version: number
  tally: string | null
  adopted: number
  frozen: number
}

const shardOf = ({ version, tally, adopted, frozen }: ShardRow): Shard => ({
  version,
  tally: tally === null ? null : JSON.parse(tally),
  adopted,
  frozen: frozen === 1,
})
