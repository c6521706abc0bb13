// What to do about what was found, one sentence each, most urgent first; none where all is well.
import { nodesOf } from './explain.ts'
import type { Facts, IndexFacts, StatementFacts, TableFacts } from './facts.ts'

/** Rows from which reading a table whole is worth a sentence. */
const bigTable = 100_000
/** Bytes from which an index that nobody uses is. */
const bigIndex = 1_000_000
/** Bytes without indexes from which it is that they hold little. */
const bigPages = 100_000_000

export const adviceOn = (facts: Facts): readonly string[] => [
  ...facts.transactions.map(
    ({ pid, state, seconds }) =>
      `Session ${pid} (${state}) has had a transaction open for ${Math.round(seconds)} s, and nothing deleted since can be cleared away: end it with "select pg_terminate_backend(${pid})" if nobody needs it.`,
  ),
  ...(facts.statements ?? []).flatMap((statement, at) => onStatement(statement, at + 1, facts.tables)),
  ...facts.tables.flatMap(onTable),
  ...facts.tables.flatMap((table) => onBloat(table, facts.bloatIs)),
  ...onIndexes(facts.indexes),
  ...onCache(facts),
  ...(facts.statements === null
    ? [
        'There are no statistics of statements: run "create extension pg_stat_statements" (elsewhere than on Neon it must be among shared_preload_libraries first).',
      ]
    : []),
]

const onStatement = (
  { plan, spilled }: StatementFacts,
  place: number,
  tables: readonly TableFacts[],
): readonly string[] => {
  const scanned = new Set(
    (plan === null ? [] : nodesOf(plan)).flatMap((node) =>
      node['Node Type'].endsWith('Seq Scan') ? (node['Relation Name'] ?? []) : [],
    ),
  )
  const big = tables.filter(
    ({ name, rows }) => rows >= bigTable && [...scanned].some((relation) => isPartOf(relation, name)),
  )
  return [
    ...big.map(
      ({ name }) => `Statement ${place} reads ${name} whole: it lacks an index for what it asks for.`,
    ),
    ...(spilled > 0
      ? [
          `Statement ${place} wrote ${spilled} blocks to temporary files: let an index give its order, or a smaller page.`,
        ]
      : []),
  ]
}

/** Our partitions are named after their table, with `_p` and two digits. */
const isPartOf = (relation: string, table: string): boolean =>
  relation.replace(/_p\d\d$/, '') === table.replaceAll('"', '')

const onTable = ({ name, rows, dead, updates, hotUpdates, analyzed }: TableFacts): readonly string[] => [
  ...(dead > 10_000 && dead > 0.2 * (rows + dead)
    ? [
        `${percent(dead / (rows + dead))} of ${name} are dead rows: run "vacuum (analyze) ${name}", and look for a long transaction that kept autovacuum from it.`,
      ]
    : []),
  ...(rows > 10_000 && analyzed === null
    ? [`${name} was never analyzed, so that plans are guesses: run "analyze ${name}".`]
    : []),
  ...(updates > 10_000 && hotUpdates < 0.5 * updates
    ? [
        `Only ${percent(hotUpdates / updates)} of the updates of ${name} stayed out of its indexes: a lower fillfactor leaves room for them, unless they change an indexed column.`,
      ]
    : []),
]

const onBloat = ({ name, bloat, size, indexSize }: TableFacts, how: Facts['bloatIs']): readonly string[] =>
  bloat !== null && bloat > 0.5 && size - indexSize >= bigPages
    ? [
        `${percent(bloat)} of the pages of ${name} hold no living row (${how}): rows to come fill them; if none will, "vacuum (full, analyze) ${name}" gives them back, and locks it meanwhile.`,
      ]
    : []

const onIndexes = (indexes: readonly IndexFacts[]): readonly string[] => {
  const doubles = indexes.flatMap((index) => {
    const other = indexes.find((candidate) => makesNeedless(candidate, index))
    return other === undefined ? [] : [{ index, other }]
  })
  const unused = indexes.filter(
    (index) =>
      index.scans === 0 &&
      !index.unique &&
      index.size >= bigIndex &&
      !doubles.some((double) => double.index === index),
  )
  return [
    ...doubles.map(
      ({ index, other }) =>
        `${index.name} holds nothing that ${other.name} does not: drop it, by a migration.`,
    ),
    ...unused.map(
      ({ name, table, size }) =>
        `Nobody has read ${name} (${megabytes(size)}), and every write to ${table} keeps it: drop it if the statistics cover a whole month.`,
    ),
  ]
}

/** Whether `other` answers all that `index` does: the same keys, or more behind them. Of two alike the first by name stays. */
const makesNeedless = (other: IndexFacts, index: IndexFacts): boolean => {
  if (other === index || other.table !== index.table || other.method !== index.method || index.unique)
    return false
  const alike = other.keys.length === index.keys.length && other.rest === index.rest
  if (alike && index.keys.every((key, at) => key === other.keys[at]))
    return other.unique || other.name < index.name
  const isPrefix =
    index.method === 'btree' &&
    index.rest === '' &&
    !other.partial &&
    other.keys.length > index.keys.length &&
    index.keys.every((key, at) => key === other.keys[at])
  // Key 0 is an expression, which the numbers do not tell apart.
  return isPrefix && !index.keys.some((key) => key.startsWith('0 '))
}

const onCache = ({ hitRatio, blocksRead }: Facts): readonly string[] =>
  hitRatio !== null && blocksRead > 100_000 && hitRatio < 0.99
    ? [
        `${percent(1 - hitRatio)} of the blocks were not in shared buffers: what is read often no longer fits. On Neon look at neon_stat_file_cache too before taking a larger compute.`,
      ]
    : []

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`
