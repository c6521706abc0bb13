// `npm start` as a newcomer runs it: one command, a poll to vote in, everything gone at its end and the data kept.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolderAt } from '../../dev/data-folder.ts'
import { type DevFacts, readDevFile } from '../../dev/dev-file.ts'
import { freePort } from '../../dev/ports.ts'
import { archiveCrons, wakeUnderWrangler } from '../../dev/schedules.ts'
import { clientOf, type SystemClient } from './client.ts'

const root = mkdtempSync(join(tmpdir(), 'edgepoll-start-'))
let run: ChildProcess
let facts: DevFacts
let client: SystemClient

const begin = async () => {
  const env = { ...process.env, EDGEPOLL_DATA: root, PORT: String(await freePort()) }
  const begun = spawn(process.execPath, ['dev/start.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  const lines = createInterface({ input: begun.stdout })
  lines.on('line', (line) => said.push(line))
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => line.startsWith('Ctrl-C stops it') && resolve())
  })
  const ended = once(begun, 'exit').then(() => {
    throw new Error(`npm start ended before it was ready:\n${said.join('\n')}`)
  })
  ended.catch(() => undefined) // it ends at last
  await Promise.race([ready, ended])
  const found = readDevFile(dataFolderAt(root))
  if (found === null) throw new Error('it does not say where it is')
  run = begun
  facts = found
  client = clientOf(facts.url)
  return said
}

const end = async (): Promise<number | null> => {
  await client.close()
  const exited = once(run, 'exit')
  run.kill('SIGINT')
  const [code] = await exited
  return code
}

describe('npm start', () => {
  let said: readonly string[]
  beforeAll(async () => {
    said = await begin()
  })
  afterAll(async () => {
    if (run.exitCode === null) await end()
    rmSync(root, { recursive: true, force: true })
  })

  let receipt: string
  const vote = () =>
    client.ask('POST', `/v1/polls/${facts.demoPollId}/ballots`, {
      headers: { 'Voter-Id': 'a-newcomer-at-a-laptop' },
      body: { answers: { lunch: ['pizza'] } },
    })

  it('prints where to look, and a vote that works', async () => {
    expect(said.join('\n')).toContain(`Page       ${facts.url}/p/${facts.demoPollId}`)
    const answer = await vote()
    expect(answer.status).toBe(201)
    receipt = answer.json.receipt
    expect(receipt).toMatch(/^ey/)
  })

  it('serves the API’s document and its page from beside the edge', async () => {
    const document = await client.ask('GET', '/openapi.json')
    expect([document.status, document.json.openapi]).toEqual([200, '3.1.0'])
    expect((await client.ask('GET', '/openapi-3.0.json')).json.openapi).toBe('3.0.3')
    expect((await client.ask('GET', '/docs')).status).toBe(200)
  })

  it('can run each schedule of the archive', async () => {
    const wake = wakeUnderWrangler(facts.url)
    for (const cron of await archiveCrons()) expect([cron, await wake(cron)]).toEqual([cron, 'ok'])
  })

  it('ends when it is asked to, and knows the ballot when it comes back', async () => {
    expect(await end()).toBe(0)
    await begin()
    const again = await vote()
    expect([again.status, again.json.receipt]).toEqual([200, receipt])
  })
})
