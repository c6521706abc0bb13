// A box's tables as the box thinks of them: its definition, ballots, log and tally. No decisions.

import type { BoxAddress } from '../application/ports.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { PollTally } from '../domain/tally/tally.ts'
import { type Bytes, fromBase64Url, toBase64Url } from '../kernel/bytes.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import type { StoredBallot } from './decide.ts'
import type { LogEntry, PackedLog } from './log.ts'
import { hasTables, prepareTables } from './schema.ts'

/** Everything a box holds in memory; rebuilt from the tables whenever the object wakes. */
export interface BoxState {
  readonly address: BoxAddress
  readonly definition: CountingDefinition
  /** Position of the last log entry; also the version of the tally. */
  readonly seq: number
  /** Chain hash after that entry, hex. */
  readonly head: string
  readonly castAt: number
  readonly tally: PollTally
  /** Log entries up to this one are known to be in Postgres. */
  readonly archived: number
}

export type Ledger = ReturnType<typeof openLedger>

export const openLedger = (storage: ObjectStorage) => {
  if (hasTables(storage)) prepareTables(storage)
  return {
    /** null: a box that nobody has voted in. */
    load(
      emptyTally: (definition: CountingDefinition) => PollTally,
      emptyHead: (address: BoxAddress) => string,
    ): BoxState | null {
      if (!hasTables(storage)) return null
      const [box] = storage.all<BoxRow>('select * from box')
      if (box === undefined) return null
      const address = { pollId: box.poll_id, shard: box.shard }
      const definition = { poll: JSON.parse(box.definition), secret: new Uint8Array(box.secret) }
      const [log] = storage.all<LogRow>('select * from log order by first desc limit 1')
      const [tally] = storage.all<{ body: string }>('select body from tally')
      return {
        address,
        definition,
        seq: log?.last ?? 0,
        head: log?.head ?? emptyHead(address),
        castAt: log === undefined ? 0 : (unpack(log).at(-1)?.castAt ?? 0),
        tally: tally === undefined ? emptyTally(definition) : JSON.parse(tally.body),
        archived: box.archived,
      }
    },

    found({ pollId, shard }: BoxAddress, definition: CountingDefinition): void {
      prepareTables(storage)
      storage.run(
        `insert into box (id, poll_id, shard, definition, secret) values (1, ?, ?, ?, ?)
         on conflict (id) do update set definition = excluded.definition, secret = excluded.secret`,
        pollId,
        shard,
        JSON.stringify(definition.poll),
        definition.secret,
      )
    },

    ballot(voterKey: Bytes, ballotKey: Bytes): StoredBallot | null {
      const [row] = storage.all<BallotRow>(
        'select seq, answers, country, revisions from ballot where voter_key = ? and ballot_key = ?',
        voterKey,
        ballotKey,
      )
      return row === undefined ? null : { ...row, revisions: JSON.parse(row.revisions) }
    },

    ballotsOf(voterKey: Bytes): number {
      const [row] = storage.all<{ ballots: number }>(
        'select count(*) as ballots from ballot where voter_key = ?',
        voterKey,
      )
      return row?.ballots ?? 0
    },

    put(voterKey: Bytes, ballotKey: Bytes, ballot: StoredBallot): void {
      storage.run(
        `insert into ballot (voter_key, ballot_key, seq, answers, country, revisions) values (?, ?, ?, ?, ?, ?)
         on conflict (voter_key, ballot_key)
         do update set answers = excluded.answers, country = excluded.country, revisions = excluded.revisions`,
        voterKey,
        ballotKey,
        ballot.seq,
        ballot.answers,
        ballot.country,
        JSON.stringify(ballot.revisions),
      )
    },

    append({ first, last, head, entries }: PackedLog): void {
      storage.run(
        'insert into log (first, last, head, entries) values (?, ?, ?, ?)',
        first,
        last,
        head,
        pack(entries),
      )
    },

    keepTally(version: number, tally: PollTally): void {
      storage.run(
        `insert into tally (id, version, body) values (1, ?, ?)
         on conflict (id) do update set version = excluded.version, body = excluded.body`,
        version,
        JSON.stringify(tally),
      )
    },

    keepArchived(seq: number): void {
      storage.run('update box set archived = ? where id = 1', seq)
    },

    /** Log entries after `seq`, oldest first, at least `limit` of them where there are so many. */
    entriesAfter(seq: number, limit: number): LogEntry[] {
      const found: LogEntry[] = []
      let after = seq
      while (found.length < limit) {
        const [row] = storage.all<LogRow>(
          'select * from log where first >= coalesce((select max(first) from log where first <= ?), 0) and last >= ? order by first limit 1',
          after + 1,
          after + 1,
        )
        if (row === undefined) break
        found.push(...unpack(row).filter((entry) => entry.seq > after))
        after = row.last
      }
      return found
    },
  }
}

interface BoxRow {
  poll_id: string
  shard: number
  definition: string
  secret: Uint8Array
  archived: number
}

interface BallotRow {
  seq: number
  answers: string | null
  country: string | null
  revisions: string
}

interface LogRow {
  first: number
  last: number
  head: string
  entries: string
}

const pack = (entries: readonly LogEntry[]): string =>
  JSON.stringify(
    entries.map((entry) => [
      entry.kind,
      entry.ballotSeq,
      entry.revision,
      entry.castAt,
      entry.commitment,
      entry.keys && toBase64Url(entry.keys.voterKey),
      entry.keys && toBase64Url(entry.keys.ballotKey),
    ]),
  )

type PackedEntry = [LogEntry['kind'], number, number, number, string, string | null, string | null]

const unpack = (row: LogRow): LogEntry[] =>
  (JSON.parse(row.entries) as PackedEntry[]) // written by `pack` above
    .map(([kind, ballotSeq, revision, castAt, commitment, voterKey, ballotKey], at) => ({
      kind,
      seq: row.first + at,
      ballotSeq,
      revision,
      castAt,
      commitment,
      keys:
        voterKey === null || ballotKey === null
          ? null
          : { voterKey: fromBase64Url(voterKey), ballotKey: fromBase64Url(ballotKey) },
    }))
