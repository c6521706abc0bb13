// Rules, dashboards, runbooks and pages speak of metrics that exist, and say what they should.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alertRules } from '../../ops/alert-rules.ts'
import { alarms, objectives } from '../../ops/objectives.ts'
import { type Metric, metrics } from '../../src/telemetry/metrics.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined
const promtool = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('promtool', [...words], { cwd: root, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

/** Series by the names that Prometheus has for them. */
const series: ReadonlyMap<string, Metric> = new Map(
  Object.entries<Metric>(metrics).flatMap(([name, metric]) => {
    const parts = metric.kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    return parts.map((part): [string, Metric] => [name + part, metric])
  }),
)

const recordings = new Set([...alertRules().matchAll(/- record: (\S+)/g)].map(([, name]) => name))

/** What is wrong with an expression: names that nobody exposes, labels that a metric has not. */
const faultsOf = (expression: string): readonly string[] => [
  ...[...expression.matchAll(/\b(edgepoll_\w+)(?:\{([^}]*)\})?/g)].flatMap(([, name = '', selector = '']) => {
    const metric = series.get(name)
    if (metric === undefined) return [`there is no ${name}`]
    const labels = [...selector.replace(/"[^"]*"/g, '""').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(
      ([, label = '']) => label,
    )
    return labels
      .filter((label) => label !== 'le' && !metric.labels.includes(label))
      .map((label) => `${name} has no ${label}`)
  }),
  ...[...expression.matchAll(/\bedgepoll:\w+:\w+/g)].flatMap(([name]) =>
    recordings.has(name) ? [] : [`nothing records ${name}`],
  ),
]

describe('the alert rules', () => {
  test('speak of metrics that there are', () => {
    expect(faultsOf(alertRules())).toEqual([])
    expect(faultsOf('sum(edgepoll_nothing) + edgepoll_archive_lag_seconds{colo="FRA"}')).toEqual([
      'there is no edgepoll_nothing',
      'edgepoll_archive_lag_seconds has no colo',
    ])
  })

  test('each have a runbook', () => {
    const runbooks = [...alertRules().matchAll(/runbook: (\S+)/g)].map(([, file = '']) => file)
    const alerts = [...alertRules().matchAll(/- alert: /g)]
    expect(runbooks).toHaveLength(alerts.length)
    expect(runbooks.filter((file) => !existsSync(join(root, file)))).toEqual([])
    const pages = readdirSync(join(root, 'ops/runbooks')).map((file) => `ops/runbooks/${file}`)
    expect(pages.toSorted()).toEqual([...new Set(runbooks)].toSorted())
  })

  test('are made of objectives whose pages say the same', () => {
    const page = read('ops/slo.md')
    for (const { name, target } of objectives)
      expect(page).toMatch(new RegExp(`\`${name}\`.*\\| ${target * 100} % \\|`))
    expect(new Set([...objectives, ...alarms].map(({ alert }) => alert)).size).toBe(
      objectives.length + alarms.length,
    )
  })

  test.skipIf(!hasPromtool)('pass promtool, at every speed', () => {
    expect(promtool('check', 'rules', 'ops/alerts/edgepoll.yml')).toMatchObject({ status: 0 })
    const folder = mkdtempSync(join(tmpdir(), 'edgepoll-rules-'))
    writeFileSync(join(folder, 'fast.yml'), alertRules(150))
    const fast = promtool('check', 'rules', join(folder, 'fast.yml'))
    rmSync(folder, { recursive: true, force: true })
    expect(fast).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') })
  })

  test.skipIf(!hasPromtool)(
    'fire when they should, and not otherwise',
    () => {
      const { status, said } = promtool('test', 'rules', 'ops/alerts/tests/edgepoll.yml')
      expect(status, said).toBe(0)
      const tested = read('ops/alerts/tests/edgepoll.yml')
      for (const { alert } of [...objectives, ...alarms])
        expect(tested).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:`))
    },
    60_000,
  )
})

describe('the dashboards', () => {
  const files = readdirSync(join(root, 'ops/dashboards'))
  const panels: readonly { readonly id: number; readonly targets: readonly { readonly expr: string }[] }[] =
    files.flatMap((file) => JSON.parse(read(`ops/dashboards/${file}`)).panels)
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

  test('speak of metrics that there are', () => {
    expect(expressions.flatMap(faultsOf)).toEqual([])
  })

  test('leave no metric out', () => {
    const all = expressions.join('\n')
    expect(Object.keys(metrics).filter((name) => !all.includes(name))).toEqual([])
  })

  test('have names that Grafana can tell apart', () => {
    const ids = files.map((file) => JSON.parse(read(`ops/dashboards/${file}`)).uid)
    expect(new Set(ids).size).toBe(files.length)
  })
})

describe('the page of the design', () => {
  test('lists every metric as it is', () => {
    const page = read('docs/design/telemetry.md')
    for (const [name, { kind, labels, help }] of Object.entries(metrics))
      expect(page).toContain(`| \`${name}\` | ${kind} | ${labels.join(', ') || '–'} | ${help} |`)
    expect([...page.matchAll(/^\| `edgepoll_/gm)]).toHaveLength(Object.keys(metrics).length)
  })
})
