// The tables of one scoreboard. Steps are only ever appended.
import type { ObjectStorage } from '../kernel/object-storage.ts'

/** A name that nobody made a poll of must cost nothing, whoever asks for it: no table before the first write. */
export const hasTables = (storage: ObjectStorage): boolean =>
  storage.all("select 1 from sqlite_master where type = 'table' and name = 'board'").length > 0

export const prepareTables = (storage: ObjectStorage): void => {
  for (const statement of steps) storage.run(statement)
}

const steps: readonly string[] = [
  `create table if not exists board (
     id integer primary key check (id = 1), poll text not null, secret blob not null, revoked_invites text not null,
     recorded integer not null default 0, shelved integer not null default 0, invites integer not null default 0,
     deleted_at integer, removed integer not null default 0, runoffs text not null default '{}',
     origin text not null, fingerprint text not null, holding integer not null default 0)`,
  // A joined shard that has not reported yet stands here at version 0.
  `create table if not exists shard (
     shard integer primary key, version integer not null, tally text, adopted integer not null, frozen integer not null)`,
  `create table if not exists publication (
     id integer primary key check (id = 1), version integer not null, final integer not null, document text not null)`,
  // A row once Postgres is known to have heard that the poll has opened.
  'create table if not exists opening (id integer primary key check (id = 1))',
]
