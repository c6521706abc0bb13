// A box's tables as the box thinks of them: its definition, ballots, log and tally. No decisions.
import type { BoxAddress } from '../application/ports.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import type { PollTally } from '../domain/tally/tally.ts'
import type { NamedVoter } from '../domain/voter/named-voter.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import type { StoredBallot } from './decide.ts'
import type { BallotKeys, Checkpoint, LogEntry, PackedLog } from './log.ts'
import { packEntries, unpackEntries } from './pack-log.ts'
import { hasTables, prepareTables } from './schema.ts'

/** Everything a box holds in memory; rebuilt from the tables whenever the object wakes. */
export interface BoxState {
  readonly address: BoxAddress
  readonly definition: CountingDefinition
  /** Nothing lands any more: the board has the final tally, or is about to. */
  readonly frozen: boolean
  /** The board is about to change the questions: nothing is decided until it has. */
  readonly held: boolean
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

  /** SQLite only marks the bytes of what is deleted as free, and `secure_delete` is not ours to set in an object. Of the same
   *  length, so that the row is written over where it lies. */
  const blank = ({ voterKey, ballotKey }: BallotKeys) => {
    storage.run(
      `update ballot
       set answers = substr(hex(zeroblob(length(cast(answers as blob)))), 1, length(cast(answers as blob))),
         country = substr('ZZ', 1, length(country))
       where voter_key = ? and ballot_key = ? and answers is not null`,
      voterKey,
      ballotKey,
    )
  }

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
      const definition = {
        poll: JSON.parse(box.definition),
        secret: new Uint8Array(box.secret),
        revokedInvites: JSON.parse(box.revoked_invites),
      }
      const [log] = storage.all<LogRow>('select * from log order by first desc limit 1')
      const [tally] = storage.all<{ body: string }>('select body from tally')
      return {
        address,
        definition,
        frozen: box.frozen === 1,
        held: box.held === 1,
        seq: log?.last ?? 0,
        head: log?.head ?? emptyHead(address),
        castAt: log === undefined ? 0 : (unpackEntries(log.first, log.entries).at(-1)?.castAt ?? 0),
        tally: tally === undefined ? emptyTally(definition) : JSON.parse(tally.body),
        archived: box.archived,
      }
    },

    /** Writes who this box is, or a newer definition of its poll. */
    define({ pollId, shard }: BoxAddress, { poll, secret, revokedInvites }: CountingDefinition): void {
      prepareTables(storage)
      storage.run(
        `insert into box (id, poll_id, shard, definition, secret, revoked_invites) values (1, ?, ?, ?, ?, ?)
         on conflict (id) do update set definition = excluded.definition, revoked_invites = excluded.revoked_invites, held = 0`,
        pollId,
        shard,
        JSON.stringify(poll),
        secret,
        JSON.stringify(revokedInvites),
      )
    },

    ballot({ voterKey, ballotKey }: BallotKeys): StoredBallot | null {
      const [row] = storage.all<BallotRow>(
        'select seq, answers, country, revisions from ballot where voter_key = ? and ballot_key = ?',
        voterKey,
        ballotKey,
      )
      return row === undefined ? null : { ...row, revisions: JSON.parse(row.revisions) }
    },

    /** By the ballot's key alone every row is looked at. */
    ballotsNamed(voter: NamedVoter): readonly StoredBallot[] {
      const [column, key] =
        'voterKey' in voter ? ['voter_key', voter.voterKey] : ['ballot_key', voter.ballotKey]
      return storage
        .all<BallotRow>(
          `select seq, answers, country, revisions from ballot where ${column} = ? order by seq`,
          key,
        )
        .map((row) => ({ ...row, revisions: JSON.parse(row.revisions) }))
    },

    ballotsOf(voterKey: BallotKeys['voterKey']): number {
      const [row] = storage.all<{ ballots: number }>(
        'select count(*) as ballots from ballot where voter_key = ?',
        voterKey,
      )
      return row?.ballots ?? 0
    },

    /** false, and nothing is written, where these keys have a ballot already. */
    putNew({ voterKey, ballotKey }: BallotKeys, ballot: StoredBallot): boolean {
      const written = storage.run(
        `insert into ballot (voter_key, ballot_key, seq, answers, country, revisions) values (?, ?, ?, ?, ?, ?)
         on conflict (voter_key, ballot_key) do nothing`,
        voterKey,
        ballotKey,
        ballot.seq,
        ballot.answers,
        ballot.country,
        JSON.stringify(ballot.revisions),
      )
      return written > 0
    },

    /** What was there before is written over. */
    put({ voterKey, ballotKey }: BallotKeys, ballot: StoredBallot): void {
      blank({ voterKey, ballotKey })
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

    /** And written over. */
    remove({ voterKey, ballotKey }: BallotKeys): void {
      blank({ voterKey, ballotKey })
      storage.run('delete from ballot where voter_key = ? and ballot_key = ?', voterKey, ballotKey)
    },

    /** Erased ballots whose keys are still here, because the poll was open when they were erased. */
    erasedBallots(): (BallotKeys & { readonly ballot: StoredBallot })[] {
      return storage
        .all<BallotRow & { voter_key: BallotKeys['voterKey']; ballot_key: BallotKeys['ballotKey'] }>(
          'select * from ballot where answers is null',
        )
        .map(({ voter_key: voterKey, ballot_key: ballotKey, seq, answers, country, revisions }) => ({
          voterKey,
          ballotKey,
          ballot: { seq, answers, country, revisions: JSON.parse(revisions) },
        }))
    },

    /** Seq and newest revision of every ballot that has answers. */
    everyRevision(): { readonly seq: number; readonly revision: number }[] {
      return storage
        .all<{ seq: number; revision: number }>(
          "select seq, json_extract(revisions, '$[#-1].revision') as revision from ballot where answers is not null",
        )
        .map(({ seq, revision }) => ({ seq, revision }))
    },

    /** The answers of every ballot that has any, and the rankings kept of those that have none any more; JSON. */
    everyRanking(): string[] {
      return storage
        .all<{ answers: string }>(
          'select answers from ballot where answers is not null union all select answers from erased_ranking',
        )
        .map(({ answers }) => answers)
    },

    /** What a runoff goes on counting of a ballot that is erased after the close. */
    keepRanking(answers: string): void {
      storage.run('insert into erased_ranking (answers) values (?)', answers)
    },

    dropRankings(): void {
      storage.run('delete from erased_ranking')
    },

    append({ first, last, head, entries }: PackedLog): void {
      storage.run(
        'insert into log (first, last, head, entries) values (?, ?, ?, ?)',
        first,
        last,
        head,
        packEntries(entries),
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

    keepFrozen(): void {
      storage.run('update box set frozen = 1 where id = 1')
    },

    keepHeld(): void {
      storage.run('update box set held = 1 where id = 1')
    },

    keepCheckpoint({ seq, head, madeAt }: Checkpoint): void {
      storage.run(
        'insert into checkpoint (seq, head, made_at) values (?, ?, ?) on conflict (seq) do nothing',
        seq,
        head,
        madeAt,
      )
    },

    /** The first checkpoint at or after a log entry, or null. */
    checkpointAfter(seq: number): Checkpoint | null {
      const [row] = storage.all<Checkpoint>(
        'select seq, head, made_at as madeAt from checkpoint where seq >= ? order by seq limit 1',
        seq,
      )
      return row ?? null
    },

    lastCheckpoint(): Checkpoint | null {
      const [row] = storage.all<Checkpoint>(
        'select seq, head, made_at as madeAt from checkpoint order by seq desc limit 1',
      )
      return row ?? null
    },

    /** Log entries after `seq`, oldest first, at least `limit` of them where there are so many. */
    entriesAfter(seq: number, limit: number): LogEntry[] {
      const found: LogEntry[] = []
      let after = seq
      while (found.length < limit) {
        const row = rowAt(storage, after + 1)
        if (row === undefined) break
        found.push(...unpackEntries(row.first, row.entries).filter((entry) => entry.seq > after))
        after = row.last
      }
      return found
    },

    /** The commit that a log entry came with, and the chain hash before it; null: no such entry. */
    commitAt(seq: number): { readonly before: string | null; readonly entries: LogEntry[] } | null {
      const row = rowAt(storage, seq)
      if (row === undefined) return null
      const [previous] = storage.all<{ head: string }>('select head from log where last = ?', row.first - 1)
      return { before: previous?.head ?? null, entries: unpackEntries(row.first, row.entries) }
    },

    /** Takes the keys out of these log entries for good. The chain does not hold them, so it stays whole. */
    blankKeys(seqs: readonly number[], erasedBy: number): void {
      for (const seq of seqs) {
        const row = rowAt(storage, seq)
        if (row === undefined) continue
        const entries = unpackEntries(row.first, row.entries).map((entry) =>
          entry.seq === seq ? { ...entry, keys: null, erasedBy } : entry,
        )
        storage.run('update log set entries = ? where first = ?', packEntries(entries), row.first)
      }
    },
  }
}

interface BoxRow {
  poll_id: string
  shard: number
  definition: string
  secret: Uint8Array
  revoked_invites: string
  archived: number
  frozen: number
  held: number
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

/** The row that holds the entry at `seq`. Rows follow each other without gaps. */
const rowAt = (storage: ObjectStorage, seq: number): LogRow | undefined => {
  const [row] = storage.all<LogRow>('select * from log where first <= ? order by first desc limit 1', seq)
  return row !== undefined && row.last >= seq ? row : undefined
}
