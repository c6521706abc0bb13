// The report as text for a person at a terminal: advice first, then what it rests on.
import { adviceOn } from './advise.ts'
import type { Facts, PlanNode, StatementFacts } from './facts.ts'

export const shownReport = (facts: Facts): string =>
  [
    `Postgres ${facts.version}, database ${facts.database}, ${size(facts.size)}; counted since ${facts.since ?? 'it was made'}`,
    `Blocks found in shared buffers: ${facts.hitRatio === null ? 'none asked for' : percent(facts.hitRatio)}`,
    section('Advice', numbered(adviceOn(facts)), 'Nothing to do.'),
    section('Tables', table(tableHead(facts), facts.tables.map(tableRow)), 'There are none.'),
    section('Indexes', table(indexHead, facts.indexes.map(indexRow)), 'There are none.'),
    section(
      'Transactions open for more than a minute',
      facts.transactions.map(
        ({ pid, state, seconds, statement }) => `${pid}, ${state}, ${seconds.toFixed(0)} s: ${statement}`,
      ),
      'None.',
    ),
    section(
      'Slowest statements, by mean time',
      (facts.statements ?? []).flatMap(statementLines),
      facts.statements === null ? 'pg_stat_statements is not there.' : 'None yet.',
    ),
  ].join('\n')

const section = (title: string, lines: readonly string[], otherwise: string): string =>
  `\n${title}\n${'-'.repeat(title.length)}\n${lines.length === 0 ? otherwise : lines.join('\n')}`

const numbered = (lines: readonly string[]) => lines.map((line, at) => `${at + 1}. ${line}`)

const tableHead = ({ bloatIs }: Facts): readonly string[] => [
  'table',
  'rows',
  'dead',
  `bloat, ${bloatIs}`,
  'size',
  'of it indexes',
  'read whole',
  'HOT',
  'vacuumed',
]
const tableRow = (row: Facts['tables'][number]): readonly string[] => [
  row.partitions === 0 ? row.name : `${row.name} (${row.partitions} partitions)`,
  String(row.rows),
  percentOf(row.dead, row.rows + row.dead),
  row.bloat === null ? '–' : percent(row.bloat),
  size(row.size),
  size(row.indexSize),
  `${row.sequentialScans} times`,
  percentOf(row.hotUpdates, row.updates),
  row.vacuumed?.slice(0, 16) ?? 'never',
]

const indexHead = ['index', 'of', 'kind', 'scans', 'size']
const indexRow = (row: Facts['indexes'][number]): readonly string[] => [
  row.name,
  row.table,
  `${row.unique ? 'unique ' : ''}${row.partial ? 'partial ' : ''}${row.method}`,
  String(row.scans),
  size(row.size),
]

/** The first column to the left, numbers to the right. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  if (rows.length === 0) return []
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
}

const statementLines = (statement: StatementFacts, at: number): readonly string[] => [
  `${at + 1}. ${ms(statement.meanMs)} in the mean, ${ms(statement.maxMs)} at most; ${statement.calls} calls, ${ms(statement.totalMs)} in all, ${(statement.rows / statement.calls).toFixed(1)} rows a call`,
  `   ${oneLine(statement.text)}`,
  ...(statement.plan === null
    ? [`   not explained: ${statement.unexplained ?? 'no plan'}`]
    : planLines(statement.plan, 1)),
]

/** Partitions after the third are counted only: 32 times the same says no more than three. */
const planLines = (node: PlanNode, depth: number): readonly string[] => {
  const place = [
    node['Index Name'] && `by ${node['Index Name']}`,
    node['Relation Name'] && `of ${node['Relation Name']}`,
  ]
  const named = place.filter((part) => part !== undefined).join(' ')
  const children = node.Plans ?? []
  const shown = children.length > 4 ? children.slice(0, 3) : children
  const indent = '  '.repeat(depth)
  return [
    ` ${indent}${node['Node Type']}${named === '' ? '' : ` ${named}`}, ${node['Plan Rows']} rows, cost ${node['Total Cost'].toFixed(0)}`,
    ...shown.flatMap((child) => planLines(child, depth + 1)),
    ...(shown.length < children.length ? [` ${indent}  and ${children.length - shown.length} more`] : []),
  ]
}

const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
const percent = (part: number): string => `${(part * 100).toFixed(1)} %`
const percentOf = (part: number, whole: number): string => (whole === 0 ? '–' : percent(part / whole))

const size = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  for (; value >= 1_000 && unit < units.length - 1; unit++) value /= 1_000
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`
}
