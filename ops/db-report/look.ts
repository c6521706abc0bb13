// Asks a Postgres about itself, in one read-only session; nothing is changed or reset.
import type pg from 'pg'
import { bloatOf } from './bloat.ts'
import { explained } from './explain.ts'
import type { Facts, IndexFacts, StatementFacts, TableFacts, TransactionFacts } from './facts.ts'

/** `slowest`: how many statements to explain. Rejects with what Postgres says when the role may not look. */
export const lookAt = async (client: pg.ClientBase, slowest = 10): Promise<Facts> => {
  // One snapshot of the statistics, and no way to write by mistake.
  await client.query('begin transaction isolation level repeatable read read only')
  try {
    await client.query(`set local statement_timeout = '30s'`)
    const [whole] = (await client.query<Whole>(ofDatabase)).rows
    if (whole === undefined) throw new Error('pg_stat_database has no row for this database')
    const tables = (await client.query<Omit<TableFacts, 'bloat'>>(ofTables)).rows
    const bloat = await bloatOf(client)
    return {
      ...whole,
      tables: tables.map((table) => ({ ...table, bloat: bloat.parts.get(table.name) ?? null })),
      bloatIs: bloat.how,
      indexes: (await client.query<IndexFacts>(ofIndexes)).rows,
      transactions: (await client.query<TransactionFacts>(ofTransactions)).rows,
      statements: await statementsOf(client, slowest),
    }
  } finally {
    await client.query('rollback')
  }
}

type Whole = Pick<Facts, 'database' | 'version' | 'since' | 'size' | 'hitRatio' | 'blocksRead'>

const statementsOf = async (client: pg.ClientBase, slowest: number): Promise<Facts['statements']> => {
  const known = await client.query<{ place: string }>(
    `select quote_ident(nspname) as place from pg_extension join pg_namespace n on n.oid = extnamespace
     where extname = 'pg_stat_statements'`,
  )
  const place = known.rows[0]?.place
  if (place === undefined) return null
  // Installed, but not among shared_preload_libraries: it exists and cannot be read.
  await client.query('savepoint statements')
  try {
    const found = await client.query<Omit<StatementFacts, 'plan' | 'unexplained'>>(ofStatements(place), [
      slowest,
    ])
    const statements: StatementFacts[] = []
    for (const statement of found.rows)
      statements.push({ ...statement, ...(await explained(client, statement.text)) })
    return statements
  } catch (error) {
    if (!(error instanceof Error && /shared_preload_libraries/.test(error.message))) throw error
    await client.query('rollback to savepoint statements')
    return null
  }
}

const ofDatabase = `
  select datname as database, current_setting('server_version') as version, stats_reset::text as since,
    pg_database_size(datid)::float8 as size, blks_read::float8 as "blocksRead",
    (blks_hit::float8 / nullif(blks_hit + blks_read, 0)) as "hitRatio"
  from pg_stat_database where datname = current_database()`

// A partitioned table has rows of its own once it was analyzed, which are those of its partitions over again.
const ofTables = `
  select root::regclass::text as name, count(*) filter (where stats.relid <> root)::integer as partitions,
    sum(n_live_tup)::float8 as rows, sum(n_dead_tup)::float8 as dead,
    sum(pg_total_relation_size(stats.relid))::float8 as size, sum(pg_indexes_size(stats.relid))::float8 as "indexSize",
    coalesce(sum(seq_scan), 0)::float8 as "sequentialScans",
    coalesce(sum(seq_tup_read), 0)::float8 as "sequentialRows",
    sum(n_tup_upd)::float8 as updates, sum(n_tup_hot_upd)::float8 as "hotUpdates",
    max(greatest(last_analyze, last_autoanalyze))::text as analyzed,
    max(greatest(last_vacuum, last_autovacuum))::text as vacuumed
  from pg_stat_user_tables as stats
    join (select oid, coalesce(pg_partition_root(oid), oid)::oid as root from pg_class where relkind <> 'p')
      as leaves on leaves.oid = stats.relid
  where schemaname <> 'drizzle'
  group by root order by size desc, name`

// Indexes of partitions are summed up under that of their table, which has no statistics of its own.
const ofIndexes = `
  with used as (
    select coalesce(pg_partition_root(indexrelid), indexrelid)::oid as root, sum(idx_scan)::float8 as scans,
      sum(pg_relation_size(indexrelid))::float8 as size
    from pg_stat_user_indexes where schemaname <> 'drizzle' group by 1
  )
  select root::regclass::text as name, indrelid::regclass::text as table, amname as method, scans, size,
    (select array_agg(concat_ws(' ', indkey[n], indcollation[n], indclass[n], indoption[n]) order by n)
      from generate_series(0, indnkeyatts - 1) as n) as keys,
    concat_ws(' ', (select string_agg(indkey[n]::text, ',' order by n)
      from generate_series(indnkeyatts, indnatts - 1) as n),
      pg_get_expr(indpred, indrelid), pg_get_expr(indexprs, indrelid)) as rest,
    indpred is not null as partial, (indisunique or indisexclusion) as unique
  from used join pg_index on indexrelid = root
    join pg_class on pg_class.oid = root join pg_am on pg_am.oid = relam
  order by size desc, name`

const ofTransactions = `
  select pid, coalesce(state, 'unknown') as state, extract(epoch from now() - xact_start)::float8 as seconds,
    left(regexp_replace(query, '\\s+', ' ', 'g'), 200) as statement
  from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and xact_start < now() - interval '1 minute'
  order by xact_start`

/** By what is read: a statement of ours may well call a function whose name begins with pg_. */
const ofCatalogue = String.raw`\m(from|join|into)\s+("?\w+"?\.)?"?(pg_\w+|information_schema|__drizzle_migrations)\M(?!"?\s*\()|\mto_regclass\M`

const ofStatements = (place: string) => `
  select query as text, sum(calls)::float8 as calls, sum(total_exec_time) as "totalMs",
    sum(total_exec_time) / sum(calls)::float8 as "meanMs", max(max_exec_time) as "maxMs",
    sum(rows)::float8 as rows, sum(temp_blks_written)::float8 as spilled
  from ${place}.pg_stat_statements
  where dbid = (select oid from pg_database where datname = current_database()) and calls > 0
    and query ~* '^[\\s(]*(select|insert|update|delete|merge|with)\\s' and query !~* '${ofCatalogue}'
  group by query order by "meanMs" desc limit $1`
