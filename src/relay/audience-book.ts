// Who is fed, durable, beside whatever else the feeding object stores. Nothing is written before somebody watches.
import type { ObjectStorage } from '../kernel/object-storage.ts'

export type AudienceBook = ReturnType<typeof openAudienceBook>

export const openAudienceBook = (storage: ObjectStorage) => {
  let ready = storage.all("select 1 from sqlite_master where type = 'table' and name = 'audience'").length > 0
  const [row] = ready ? storage.all<AudienceRow>('select leaves, terms from audience') : []
  let leaves = row?.leaves ?? 1
  let terms = row?.terms ?? 0

  const prepare = () => {
    if (ready) return
    for (const statement of steps) storage.run(statement)
    ready = true
  }

  return {
    /** Over how many leaves viewers are spread. */
    get leaves(): number {
      return leaves
    },

    /** Viewers judged by an older version of the poll may not watch. */
    get terms(): number {
      return terms
    },

    children(): readonly { readonly name: string; readonly viewers: number }[] {
      return ready ? storage.all('select name, viewers from audience_child') : []
    },

    keepLeaves(count: number): void {
      if (count === leaves) return
      prepare()
      storage.run('update audience set leaves = ?', count)
      leaves = count
    },

    keepTerms(version: number): void {
      prepare()
      terms = Math.max(terms, version)
      storage.run('update audience set terms = ?', terms)
    },

    keep(name: string, viewers: number): void {
      prepare()
      storage.run(
        `insert into audience_child (name, viewers) values (?, ?)
         on conflict (name) do update set viewers = excluded.viewers`,
        name,
        viewers,
      )
    },

    forget(name: string): void {
      storage.run('delete from audience_child where name = ?', name)
    },
  }
}

interface AudienceRow {
  leaves: number
  terms: number
}

/** Only ever appended to. */
const steps: readonly string[] = [
  `create table if not exists audience (
     id integer primary key check (id = 1), leaves integer not null, terms integer not null)`,
  'insert or ignore into audience (id, leaves, terms) values (1, 1, 0)',
  `create table if not exists audience_child (name text primary key, viewers integer not null) without rowid`,
]
