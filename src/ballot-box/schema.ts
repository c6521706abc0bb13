// The tables of one ballot box. Steps are only ever appended: a box may sleep for a year and wake under new code.
import type { ObjectStorage } from '../kernel/object-storage.ts'

/** A shard that nobody has voted in costs nothing: no table before the first ballot. */
export const hasTables = (storage: ObjectStorage): boolean =>
  storage.all("select 1 from sqlite_master where type = 'table' and name = 'box'").length > 0

/** Brings a box's tables up to date. Costs one read when there is nothing to do. */
export const prepareTables = (storage: ObjectStorage): void => {
  storage.run('create table if not exists step (done integer primary key)')
  const [last] = storage.all<{ done: number | null }>('select max(done) as done from step')
  const done = last?.done ?? 0
  steps.slice(done).forEach((statements, at) => {
    storage.transaction(() => {
      for (const statement of statements) storage.run(statement)
      storage.run('insert into step (done) values (?)', done + at + 1)
    })
  })
}

/** `without rowid` makes the voter the table's own key: one written row a ballot, where a second index costs two. */
const steps: readonly (readonly string[])[] = [
  [
    `create table box (
       id integer primary key check (id = 1), poll_id text not null, shard integer not null,
       definition text not null, secret blob not null, revoked_invites text not null,
       archived integer not null default 0, frozen integer not null default 0, held integer not null default 0)`,
    `create table ballot (
       voter_key blob not null, ballot_key blob not null, seq integer not null, answers text, country text,
       revisions text not null, primary key (voter_key, ballot_key)) without rowid`,
    'create table log (first integer primary key, last integer not null, head text not null, entries text not null)',
    'create table checkpoint (seq integer primary key, head text not null, made_at integer not null)',
    'create table tally (id integer primary key check (id = 1), version integer not null, body text not null)',
    // Of ballots erased after the close: what runoffs still count, and nothing that leads to a voter.
    'create table erased_ranking (answers text not null)',
  ],
]
