// How much of a table's pages holds no living row: measured where pgstattuple is installed, else estimated.
import type pg from 'pg'
import type { Facts } from './facts.ts'

interface Bloat {
  readonly how: Facts['bloatIs']
  /** By the table's name, the part of its pages; none where it is too small to say. */
  readonly parts: ReadonlyMap<string, number>
}

/** Within a transaction, which it leaves as it was. */
export const bloatOf = async (client: pg.ClientBase): Promise<Bloat> => {
  const known = await client.query<{ place: string }>(
    `select quote_ident(nspname) as place from pg_extension join pg_namespace n on n.oid = extnamespace
     where extname = 'pgstattuple'`,
  )
  const place = known.rows[0]?.place
  if (place !== undefined) {
    await client.query('savepoint bloat')
    try {
      return { how: 'measured', parts: await partsBy(client, measured(place)) }
    } catch {
      // It may take too long, or be closed to this role.
      await client.query('rollback to savepoint bloat')
    }
  }
  return { how: 'estimated', parts: await partsBy(client, estimated) }
}

const partsBy = async (client: pg.ClientBase, text: string): Promise<Bloat['parts']> => {
  const { rows } = await client.query<{ name: string; part: number | null }>(text)
  return new Map(rows.flatMap(({ name, part }) => (part === null ? [] : [[name, part] as const])))
}

/** Of fewer bytes even the last page, half empty, is much. */
const leastBytes = 1_000_000

const leaves = `
  leaf as (
    select pg_class.oid, coalesce(pg_partition_root(pg_class.oid), pg_class.oid)::regclass::text as name,
      schemaname, relname, reltuples, relpages
    from pg_class join pg_stat_user_tables as stats using (relname)
    where stats.relid = pg_class.oid and relkind = 'r' and relpersistence <> 't' and schemaname <> 'drizzle')`

/** Pages that the visibility map says hold only living rows are not read: their free space is known. */
const measured = (place: string) => `
  with ${leaves}
  select name, sum(dead_tuple_len + approx_free_space)::float8 / sum(table_len)::float8 as part
  from leaf cross join lateral ${place}.pgstattuple_approx(leaf.oid)
  group by name having sum(table_len) >= ${leastBytes}`

/** What rows of the width that "analyze" found would need, of what they have. A row has 4 bytes in its page's directory and a
 *  head of 24, of 32 where a ninth column makes its map of nulls longer; a page has a head of 24. What lies between columns so
 *  that they are aligned counts as bloat: up to a tenth. */
const estimated = `
  with ${leaves},
  width as (
    select schemaname, tablename as relname,
      sum((1 - null_frac) * avg_width) + case when count(*) > 8 and max(null_frac) > 0 then 32 else 24 end as bytes
    from pg_stats where not inherited group by 1, 2),
  page as (select current_setting('block_size')::float8 as bytes)
  select name, greatest(0, 1 - sum(reltuples * (4 + 8 * ceil(width.bytes / 8))) / sum(relpages * (page.bytes - 24))) as part
  from leaf join width using (schemaname, relname) cross join page
  where reltuples >= 0
  group by name having sum(relpages * page.bytes) >= ${leastBytes}`
