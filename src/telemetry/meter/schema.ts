// The tables of one shard of the Meter. Steps are only ever appended.
import type { ObjectStorage } from '../../kernel/object-storage.ts'

export const prepareTables = (storage: ObjectStorage): void => {
  for (const statement of steps) storage.run(statement)
}

const steps: readonly string[] = [
  // What was told since the snapshot: a row a flush, whatever it holds, because rows are what the platform bills.
  'create table if not exists told (id integer primary key, batch text not null)',
  'create table if not exists snapshot (id integer primary key check (id = 1), body text not null)',
  `create table if not exists box (
     name text primary key, seq integer not null, archived integer not null, since integer, at integer not null
   ) without rowid`,
  'create index if not exists box_behind on box (since) where archived < seq',
  // Boxes that said that they were destroyed: what they said before and comes late is not believed.
  `create table if not exists gone_box (
     name text primary key, at integer not null) without rowid`,
  `create table if not exists leaf (
     name text primary key, viewers integer not null, at integer not null) without rowid`,
]
