// The rules of Prometheus, as YAML, from the table of objectives. `speed` 1 is what is published; a test that waits for an alert
// makes the same rules with shorter windows.
import { type Alarm, alarms, burnRates, type Objective, objectives } from './objectives.ts'

export const alertRules = (speed = 1): string => {
  const window = (minutes: number) => duration((minutes * 60) / speed)
  return [
    '# Made from ops/objectives.ts by `npm run generate`. Do not edit.',
    'groups:',
    ...objectives.flatMap((objective) => [
      `  - name: ${objective.name}`,
      ...(speed === 1 ? [] : ['    interval: 1s']),
      '    rules:',
      ...recordings(objective, window),
      ...burning(objective, 'page', window),
      ...burning(objective, 'ticket', window),
    ]),
    '  - name: alarms',
    ...(speed === 1 ? [] : ['    interval: 1s']),
    '    rules:',
    ...alarms.flatMap((alarm) => sounding(alarm, window, (seconds) => seconds / speed)),
    '',
  ].join('\n')
}

type Window = (minutes: number) => string

/** By the name of a window at its full length, whatever the speed: rules refer to it. */
const recorded = ({ name }: Objective, minutes: number) => `edgepoll:${name}:errors_${duration(minutes * 60)}`

const recordings = (objective: Objective, window: Window): readonly string[] => {
  const all = new Set(burnRates.flatMap(({ longMinutes, shortMinutes }) => [shortMinutes, longMinutes]))
  return [...all]
    .toSorted((left, right) => left - right)
    .flatMap((minutes) => [
      `      - record: ${recorded(objective, minutes)}`,
      `        expr: ${quoted(objective.errors(window(minutes)))}`,
    ])
}

const burning = (
  objective: Objective,
  severity: (typeof burnRates)[number]['severity'],
  window: Window,
): readonly string[] => {
  const budget = Number((1 - objective.target).toFixed(6))
  const parts = burnRates
    .filter((burn) => burn.severity === severity)
    .map(({ factor, longMinutes, shortMinutes }) =>
      [longMinutes, shortMinutes]
        .map((minutes) => `${recorded(objective, minutes)} > ${factor} * ${budget}`)
        .join(' and '),
    )
  const expr = parts.map((part) => `(${part})`).join(' or ')
  const summary = `The error budget of ${objective.name} (${objective.target * 100} % of 30 days) is being spent too fast.`
  return alert(objective.alert, { expr, severity, forSeconds: 0, summary }, window)
}

const sounding = (
  { alert: name, severity, forMinutes, summary, expr }: Alarm,
  window: Window,
  seconds: (value: number) => number,
): readonly string[] =>
  alert(name, { expr: expr(window, seconds), severity, forSeconds: forMinutes * 60, summary }, window)

const alert = (
  name: string,
  {
    expr,
    severity,
    forSeconds,
    summary,
  }: {
    readonly expr: string
    readonly severity: string
    readonly forSeconds: number
    readonly summary: string
  },
  window: Window,
): readonly string[] => [
  `      - alert: ${name}`,
  `        expr: ${quoted(expr)}`,
  ...(forSeconds === 0 ? [] : [`        for: ${window(forSeconds / 60)}`]),
  '        labels:',
  `          severity: ${severity}`,
  '        annotations:',
  `          summary: ${JSON.stringify(summary)}`,
  `          runbook: ops/runbooks/${fileOf(name)}.md`,
]

/** No expression has a single quote; one with double quotes reads better in them. */
const quoted = (text: string): string => (text.includes('"') ? `'${text}'` : `"${text}"`)

/** `ArchiveLagging` → `archive-lagging`. */
const fileOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at) => `${at === 0 ? '' : '-'}${letter.toLowerCase()}`)

/** The largest unit that it is a whole number of, as Prometheus writes it. */
const duration = (seconds: number): string => {
  for (const [unit, size] of units)
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`
  return `${Math.max(1, Math.round(seconds * 1_000))}ms`
}

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const
