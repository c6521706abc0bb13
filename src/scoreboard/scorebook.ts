// A scoreboard's tables as the board thinks of them. No decisions.
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { PollTally } from '../domain/tally/tally.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import { hasTables, prepareTables } from './schema.ts'

/** Durable facts; the board changes its copy only after it has written. */
export interface BoardState {
  readonly definition: CountingDefinition
  /** The poll version that Postgres is known to have. */
  recorded: number
  /** Shards that have joined, with the newest tally that is durable here. */
  readonly shards: Map<number, { readonly version: number; readonly tally: PollTally | null }>
  publication: Publication | null
}

export interface Publication {
  readonly version: number
  readonly final: boolean
  readonly document: string
}

export type Scorebook = ReturnType<typeof openScorebook>

export const openScorebook = (storage: ObjectStorage) => {
  if (hasTables(storage)) prepareTables(storage)
  return {
    /** null: no such poll. */
    load(): BoardState | null {
      if (!hasTables(storage)) return null
      const [board] = storage.all<{ poll: string; secret: Uint8Array; recorded: number }>(
        'select * from board',
      )
      if (board === undefined) return null
      const shards = storage.all<{ shard: number; version: number; tally: string | null }>(
        'select * from shard',
      )
      const [publication] = storage.all<{ version: number; final: number; document: string }>(
        'select * from publication',
      )
      return {
        definition: { poll: JSON.parse(board.poll), secret: new Uint8Array(board.secret) },
        recorded: board.recorded,
        shards: new Map(
          shards.map(({ shard, version, tally }) => [
            shard,
            { version, tally: tally === null ? null : JSON.parse(tally) },
          ]),
        ),
        publication:
          publication === undefined
            ? null
            : {
                version: publication.version,
                final: publication.final === 1,
                document: publication.document,
              },
      }
    },

    found({ poll, secret }: CountingDefinition): void {
      prepareTables(storage)
      storage.run('insert into board (id, poll, secret) values (1, ?, ?)', JSON.stringify(poll), secret)
    },

    keepRecorded(version: number): void {
      storage.run('update board set recorded = max(recorded, ?) where id = 1', version)
    },

    join(shard: number): void {
      storage.run('insert into shard (shard, version) values (?, 0) on conflict (shard) do nothing', shard)
    },

    publish(
      { version, final, document }: Publication,
      changed: readonly {
        readonly shard: number
        readonly version: number
        readonly tally: PollTally | null
      }[],
    ): void {
      storage.transaction(() => {
        for (const { shard, version, tally } of changed)
          storage.run(
            `insert into shard (shard, version, tally) values (?, ?, ?)
             on conflict (shard) do update set version = excluded.version, tally = excluded.tally`,
            shard,
            version,
            JSON.stringify(tally),
          )
        storage.run(
          `insert into publication (id, version, final, document) values (1, ?, ?, ?)
           on conflict (id) do update
           set version = excluded.version, final = excluded.final, document = excluded.document`,
          version,
          final ? 1 : 0,
          document,
        )
      })
    },
  }
}
