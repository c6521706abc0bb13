// A real Prometheus that scrapes a running stack every second, with rules of one's own.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../dev/ports.ts'
import { eventually } from './client.ts'

/** Whether there is one; it comes from Debian’s package `prometheus`. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).error === undefined

export interface Prometheus {
  /** The value of an expression that has one; null: it has none. */
  value(expression: string): Promise<number | null>
  /** Alerts that fire now, by name. */
  firing(): Promise<readonly string[]>
  /** `up`, or why the last scrape went wrong. */
  health(): Promise<string>
  stop(): Promise<void>
}

export const startPrometheus = async (
  target: { readonly url: string; readonly rootKey: string },
  rules: string,
): Promise<Prometheus> => {
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-prometheus-'))
  const port = await freePort()
  writeFileSync(join(folder, 'rules.yml'), rules)
  writeFileSync(join(folder, 'prometheus.yml'), configOf(target))
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ask = async (path: string) => {
    if (child.exitCode !== null) throw new Error(`Prometheus has ended: ${said}`)
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null)
    // biome-ignore lint/suspicious/noExplicitAny: Prometheus's own documents
    return answer?.ok === true ? ((await answer.json()) as { readonly data: any }).data : null
  }
  await eventually(
    () => ask('/api/v1/status/runtimeinfo'),
    (info) => info !== null,
  )
  return {
    async value(expression) {
      const data = await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`)
      const value = data?.result?.[0]?.value?.[1]
      return value === undefined ? null : Number(value)
    },
    async firing() {
      const data = await ask('/api/v1/alerts')
      const alerts: readonly { readonly state: string; readonly labels: { readonly alertname: string } }[] =
        data?.alerts ?? []
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
    },
    async health() {
      const [first] = (await ask('/api/v1/targets'))?.activeTargets ?? []
      return first === undefined ? 'unknown' : `${first.health}${first.lastError}`
    },
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : null
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const configOf = ({ url, rootKey }: { readonly url: string; readonly rootKey: string }): string => `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - job_name: edgepoll
    authorization: { credentials: ${JSON.stringify(rootKey)} }
    static_configs: [{ targets: [${JSON.stringify(new URL(url).host)}] }]
`
