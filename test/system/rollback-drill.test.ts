// The rollback drill: while people vote and watch, other versions are published by the steps of a deployment, taken back, and a
// bad one is refused. No ballot is lost or counted twice, and every viewer is back with no older version than it had.
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../bench/load/seeded-random.ts'
import { projectRoot } from '../../dev/settings.ts'
import { type Stack, startStack } from '../../dev/stack.ts'
import type { WorkerName } from '../../dev/worker-names.ts'
import { clientOf, eventually, type SystemClient } from './client.ts'
import { beginPollingDay, type PollingDay } from './polling-day.ts'
import { type Audience, audienceOf } from './viewers.ts'

const viewers = 50
const choices = ['a', 'b', 'c'] as const
/** Answered under each version before the next comes: it carries real load, not only the probe. */
const votersEach = 50

const folder = mkdtempSync(join(tmpdir(), 'edgepoll-drill-'))
let stack: Stack
let client: SystemClient
let audience: Audience
let day: PollingDay
let pollId = ''

beforeAll(async () => {
  stack = await startStack({
    dataFolder: folder,
    deployable: true,
    drainMs: 300,
    // The local queue dies with the process of the objects; boxes send again what was in it.
    bindings: { count: { RESEND_AFTER_MS: '2000' } },
  })
  stack.failure.catch(() => undefined) // told by every request that fails
  client = clientOf(stack.url)
  const options = choices.map((id) => ({ id, label: id }))
  const made = await client.ask('POST', '/v1/polls', {
    key: stack.apiKey ?? '',
    body: { title: 'Drill', questions: [{ id: 'which', type: 'choice', prompt: 'Which?', options }] },
  })
  expect(made.status, made.text).toBe(201)
  pollId = made.json.id
  audience = audienceOf(stack.url, pollId, seededRandom('drill'))
  await audience.join(viewers)
  day = beginPollingDay({ client, pollId, question: 'which', choices, lanes: 4, restMs: 25 })
}, 180_000)

afterAll(async () => {
  await day?.end().catch(() => undefined)
  await client?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

interface Ended {
  readonly code: number | null
  readonly said: string
}

/** A step of a deployment as a person runs it. */
const step = (name: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const script = join(projectRoot, 'ops', 'deploy', `${name}.ts`)
    const child = spawn(process.execPath, [script, '--env', 'local', ...args], {
      env: { ...process.env, EDGEPOLL_DATA: folder },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })

/** The bundle that runs at first, changed: another version. */
const changed = (worker: WorkerName, name: string, change: (code: string) => string): string => {
  const [first = ''] = globSync(join(folder, 'bundles', '*', worker, 'index.js'))
  const code = readFileSync(first, 'utf8')
  const other = change(code)
  if (other === code) throw new Error(`${worker} was not changed`)
  const file = join(folder, `${worker}-${name}.js`)
  writeFileSync(file, other)
  return file
}

const onlyAnother = (code: string): string => `${code}\n// another version\n`

/** Everything as it was, but whoever votes hears 500. */
const takingNoBallots = (code: string): string =>
  code.replace(
    /export\s*\{\s*(\S+) as default\s*\}/,
    `const bad = { ...$1, fetch: (request, env, context) =>
      request.method === 'POST' && new URL(request.url).pathname.endsWith('/ballots')
        ? new Response('{}', { status: 500, headers: { 'Content-Type': 'application/problem+json' } })
        : $1.fetch(request, env, context) }; export { bad as default }`,
  )

/** Which version of the edge answers. */
const running = async (): Promise<string> => (await client.ask('GET', '/livez')).json.releaseId

/** Does something that breaks every viewer's line, and waits until all are back and know of every ballot up to now. */
const allComeBack = async (what: () => Promise<void>): Promise<void> => {
  const lines = audience.viewers.map(({ waits }) => waits.length)
  const held = audience.viewers.map(({ held: document }) => document?.version ?? 0)
  await what()
  await eventually(
    async () => audience.viewers.filter(({ waits }, at) => waits.length > (lines[at] ?? 0)).length,
    (broken) => broken === viewers,
  )
  await day.more(votersEach)
  const counted = day.accepted.size
  await eventually(
    async () => [audience.open, audience.seen(counted)],
    ([open, seen]) => open === viewers && seen === viewers,
  )
  const older = audience.viewers.filter(({ held: now }, at) => (now?.version ?? 0) < (held[at] ?? 0))
  expect(older).toEqual([])
  expect(audience.wrongs).toEqual([])
  expect(day.wrongs).toEqual([])
}

test('another version of count and then of the edge takes over while people vote and watch', async () => {
  const before = await running()
  await day.more(votersEach)
  await allComeBack(async () => {
    const count = await step('count', '--bundle', changed('count', 'other', onlyAnother))
    expect(count, count.said).toMatchObject({ code: 0 })
  })
  expect(await running()).toBe(before)
  await allComeBack(async () => {
    const edge = await step('edge', '--bundle', changed('edge', 'other', onlyAnother))
    expect(edge, edge.said).toMatchObject({ code: 0 })
  })
  expect(await running()).not.toBe(before)
})

test('both go back, the edge first, while people vote and watch', async () => {
  const before = await running()
  const rehearsed = await step('rollback', '--dry-run')
  expect(rehearsed.said).toMatch(new RegExp(`Would take edge from ${before} to`))
  expect(await running()).toBe(before)
  await allComeBack(async () => {
    const back = await step('rollback')
    expect(back, back.said).toMatchObject({ code: 0 })
    expect(back.said).toMatch(/archive stays[\s\S]*Taking edge from [\s\S]*Taking count from /)
  })
  expect(await running()).not.toBe(before)
})

test('a version that takes no ballots is found out by its probe, and the one before it runs again', async () => {
  const before = await running()
  await allComeBack(async () => {
    const bad = await step('edge', '--bundle', changed('edge', 'bad', takingNoBallots))
    expect(bad.code).toBe(1)
    expect(bad.said).toMatch(new RegExp(`a ballot: 500 .*${before} runs again`))
  })
  expect(await running()).toBe(before)
})

test('in the end every voter who was answered is counted once, and every viewer is told the same end', async () => {
  await day.end()
  const repeats = [...day.repeated].map(([why, times]) => `${times} × ${why}`)
  console.log(`${day.accepted.size} voters were answered; sent again: ${repeats.join(', ') || 'nothing'}`)
  const { accepted } = day
  expect(new Set([...accepted.values()].map(({ id }) => id)).size).toBe(accepted.size)
  const key = stack.apiKey ?? ''
  const closed = await eventually(
    () => client.ask('POST', `/v1/polls/${pollId}/close`, { key }),
    ({ json }) => json.final === true,
  )
  expect(closed.status).toBe(200)
  await eventually(
    async () => audience.ended,
    (ended) => ended === viewers,
  )
  const { json: results } = await client.ask('GET', `/v1/polls/${pollId}/results`)
  expect(results).toMatchObject({ final: true, ballots: accepted.size })
  const votes = results.questions[0].options.map(({ id, votes: each }: { id: string; votes: number }) => [
    id,
    each,
  ])
  expect(votes).toEqual(
    choices.map((id) => [id, [...accepted.values()].filter(({ choice }) => choice === id).length]),
  )
  const ends = new Set(audience.viewers.map(({ held }) => JSON.stringify(held)))
  expect([...ends].map((end) => JSON.parse(end))).toEqual([results])

  const exported = await eventually(
    () => client.ask('GET', `/v1/polls/${pollId}/export`, { key }),
    ({ status }) => status === 200,
  )
  const archived = exported.text.trim().split('\n')
  expect(archived.map((line) => JSON.parse(line).id).toSorted()).toEqual(
    [...accepted.values()].map(({ id }) => id).toSorted(),
  )
})
