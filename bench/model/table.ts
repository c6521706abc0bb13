// The model as a table: a person reads it in a terminal, and docs/design/live.md holds the same.
import type { AudienceModel, AudienceOrder } from './audience.ts'

/** In Markdown, the columns of equal width. */
export const tableOf = (order: AudienceOrder, model: AudienceModel): string => {
  const rows = rowsOf(order, model)
  const columns = [0, 1, 2] as const
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (cells: readonly string[], pad = ' '): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, pad)).join(' | ')} |`
  const [head, ...body] = rows.map((row) => line(row))
  return [head, line(['', '', ''], '-'), ...body].join('\n')
}

type Cells = readonly [what: string, number: string, from: string]

const rowsOf = (order: AudienceOrder, model: AudienceModel): readonly Cells[] => {
  const { storm, dollars, leafBusy } = model
  return [
    [`${grouped(order.viewers)} viewers`, '', `${order.versionsPerSecond} versions a second`],
    [
      'leaves',
      grouped(model.leaves),
      `${grouped(model.sockets)} sockets on each, room for ${grouped(model.room)}`,
    ],
    [
      'branches',
      grouped(model.branches),
      `the board tells ${grouped(model.toldByBoard)} objects of a version`,
    ],
    [
      'a frame at each viewer every',
      `${short(model.frameEverySeconds)} s`,
      `${short(model.framesPerSecond / 1e6)} million frames a second, ${short(model.gigabitsPerSecond)} Gbit/s`,
    ],
    [
      'a leaf is busy',
      percent(leafBusy.measured),
      `by a send as measured here; ${percent(leafBusy.platform)} by the platform’s`,
    ],
    [
      'pushes between objects',
      `${grouped(model.pushesPerSecond)} /s`,
      'each version once to every leaf and branch',
    ],
    ['pings', `${grouped(model.pingsPerSecond)} /s`, 'answered without waking anybody'],
    [
      'all sockets lost at once',
      `${grouped(storm.joinsPerSecond)} joins/s`,
      `within ${storm.withinSeconds} s; ${grouped(storm.cores)} cores`,
    ],
    [
      'the same at a leaf',
      `${grouped(storm.joinsPerSecondAtLeaf)} joins/s`,
      `${percent(storm.ofAnObject)} of what an object takes`,
    ],
    ['objects awake', dollar(dollars.awake), 'an hour'],
    ['pushes', dollar(dollars.pushes), 'an hour'],
    ['pings', dollar(dollars.pings), 'an hour'],
    ['joins', dollar(dollars.joins), `an hour, ${order.joins} a viewer`],
    ['sum', dollar(dollars.total), 'an hour, ballots not included'],
    ['everybody asking every 5 s', dollar(model.pollingDollars), 'an hour, for the requests alone'],
  ]
}

const grouped = (value: number): string => Math.round(value).toLocaleString('en')

const short = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1))

const percent = (share: number): string => `${Math.round(share * 100)}%`

const dollar = (value: number): string => `$${value < 100 ? value.toFixed(2) : grouped(value)}`
