// What `npm run doctor` finds: nothing in the configurations as they are, and each of many mistakes in copies of them.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'
import { examine } from '../../ops/doctor/examine.ts'
import { report } from '../../ops/doctor/report.ts'
import type { World } from '../../ops/doctor/world.ts'
import { receiptKey } from '../support/receipt-key.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const edge = 'wrangler.toml'
const count = 'workers/count/wrangler.toml'
const archive = 'workers/archive/wrangler.toml'

/** A copy of the three configurations, one of them changed within the part that is production's. */
const aCopy = (file: string, change: (text: string) => string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-doctor-'))
  folders.push(folder)
  for (const each of [edge, count, archive]) {
    mkdirSync(join(folder, each, '..'), { recursive: true })
    cpSync(join(projectRoot, each), join(folder, each))
  }
  const text = readFileSync(join(folder, file), 'utf8')
  const changed = change(text)
  if (changed === text) throw new Error(`nothing of ${file} was changed`)
  writeFileSync(join(folder, file), changed)
  return folder
}

const production = (change: (text: string) => string) => (text: string) => {
  const at = text.indexOf('[env.production]')
  return text.slice(0, at) + change(text.slice(at))
}

const secrets = {
  DATABASE_URL: 'postgresql://somebody:secret@ep-a.neon.example/edgepoll',
  UPSTASH_REDIS_REST_URL: 'https://redis.example',
  UPSTASH_REDIS_REST_TOKEN: 'a-token',
  ROOT_KEY: 'a-root-key-that-is-long-enough',
  RECEIPT_KEY: JSON.stringify({ ...receiptKey, kid: 'a' }),
  WEBHOOK_KEY: 'a-webhook-key-of-thirty-two-characters',
  TURNSTILE_SECRET: '0x4AAAAAAAabcdefghijklmnopqrstuvwxyz',
  EDGE_URL: 'https://polls.example',
}

const noon = Date.UTC(2026, 10, 25, 12)

/** Everything answers, and all is well, but for what a test says. */
const aWorld = (but: Partial<World> & { readonly answers?: Record<string, () => Response> } = {}): World => ({
  given: secrets,
  now: () => noon,
  pending: async () => [],
  fetch: async (input) => {
    const { host } = new URL(String(input))
    const usual: Record<string, () => Response> = {
      'redis.example': () => Response.json({ result: 'PONG' }),
      'challenges.cloudflare.com': () => Response.json({ 'error-codes': ['invalid-input-response'] }),
      'polls.example': () =>
        Response.json({ status: 'pass' }, { headers: { Date: new Date(noon).toUTCString() } }),
    }
    const answer = but.answers?.[host] ?? usual[host]
    if (answer === undefined) throw new Error(`nobody is at ${host}`)
    return answer()
  },
  ...but,
})

const wrongIn = async (root: string, world = aWorld(), env: 'production' | 'staging' = 'production') =>
  (await examine(root, env, world)).filter(({ kind }) => kind === 'wrong')

describe('the doctor', () => {
  test.each(['production', 'staging'] as const)(
    'finds nothing wrong with %s as it is configured',
    async (env) => {
      expect(await wrongIn(projectRoot, aWorld(), env)).toEqual([])
    },
  )

  const mistakes: readonly [string, string, (text: string) => string, RegExp][] = [
    [
      'a binding that was forgotten',
      edge,
      production((text) =>
        text.replace(/\[\[env\.production\.kv_namespaces\]\]\nbinding = "READS"\nid = "[^"]+"\n?/, ''),
      ),
      /bindings: .*KV namespace READS/,
    ],
    [
      'a secret that is not declared',
      archive,
      production((text) => text.replace('required = ["DATABASE_URL", "WEBHOOK_KEY"]', 'required = []')),
      /secret DATABASE_URL/,
    ],
    [
      'pins that only one of two Workers knows',
      archive,
      production((text) => text.replace('DATABASE_PINS = ""', `DATABASE_PINS = '{"ws_a":"main"}'`)),
      /variables: DATABASE_PINS is not the same for edge and archive/,
    ],
    [
      'a pin to no database',
      edge,
      production((text) => text.replace('DATABASE_PINS = ""', `DATABASE_PINS = '{"ws_a":"north"}'`)),
      /variables: wrangler.toml: DATABASE_PINS pins ws_a to north, which is none of main/,
    ],
    [
      'a queue whose dead letters go nowhere',
      archive,
      production((text) => text.replace(/dead_letter_queue = "[^"]+"\n/, '')),
      /queues: .*dead-letter queue/,
    ],
    [
      'a queue that nobody reads',
      count,
      production((text) =>
        text.replace('queue = "edgepoll-ballots-production"', 'queue = "edgepoll-other-production"'),
      ),
      /queues: .*nobody reads/,
    ],
    [
      'an environment that writes into another one’s namespace',
      edge,
      production((text) => text.replace('id = "edgepoll-reads-production"', 'id = "edgepoll-reads-staging"')),
      /names: .*edgepoll-reads-staging/,
    ],
    [
      'a compatibility date that differs',
      count,
      (text) => text.replace(/compatibility_date = "[^"]+"/, 'compatibility_date = "2026-10-01"'),
      /compatibility_date 2026-10-01/,
    ],
    [
      'a compatibility date that has not come',
      edge,
      (text) => text.replace(/compatibility_date = "[^"]+"/, 'compatibility_date = "2027-10-01"'),
      /has not come yet/,
    ],
    [
      'no cache in front of the edge',
      edge,
      production((text) => text.replace(/\[env\.production\.cache\]\nenabled = true\n/, '')),
      /cache: .*no cache in front/,
    ],
    [
      'two limiters that count together',
      edge,
      production((text) => text.replace('namespace_id = "1024"', 'namespace_id = "1014"')),
      /quotas: .*shares the namespace/,
    ],
    [
      'a plan that promises other than what is let through',
      edge,
      production((text) => text.replace('limit = 6000,', 'limit = 60,')),
      /quotas: The plan pro promises/,
    ],
    [
      'objects of another environment',
      edge,
      production((text) =>
        text.replace('script_name = "edgepoll-count-production"', 'script_name = "edgepoll-count-staging"'),
      ),
      /objects: /,
    ],
    [
      'a name for where it is that is not true',
      edge,
      production((text) => text.replace('ENVIRONMENT = "production"', 'ENVIRONMENT = "local"')),
      /variables: .*ENVIRONMENT is local/,
    ],
    [
      'a Worker that counts and can be reached from outside',
      count,
      (text) => text.replace('workers_dev = false', 'workers_dev = true'),
      /address of its own/,
    ],
    [
      'a class of objects that no migration makes',
      count,
      (text) => text.replace('new_sqlite_classes = ["Relay"]', 'new_sqlite_classes = ["Other"]'),
      /makes the class Relay/,
    ],
    ['a file that is none', archive, () => '[', /configuration: /],
  ]

  test.each(mistakes)('finds %s', async (_mistake, file, change, said) => {
    const found = await wrongIn(aCopy(file, change))
    expect(found.map(({ check, what }) => `${check}: ${what}`).join('\n')).toMatch(said)
    for (const { remedy } of found) expect(remedy.length).toBeGreaterThan(5)
  })

  const worlds: readonly [string, World, RegExp][] = [
    [
      'a published test secret of Turnstile',
      aWorld({ given: { ...secrets, TURNSTILE_SECRET: '1x0000000000000000000000000000000AA' } }),
      /secrets: TURNSTILE_SECRET: is a published test secret/,
    ],
    [
      'a root key that can be guessed',
      aWorld({ given: { ...secrets, ROOT_KEY: 'short' } }),
      /secrets: ROOT_KEY/,
    ],
    [
      'a receipt key that is none',
      aWorld({ given: { ...secrets, RECEIPT_KEY: '{}' } }),
      /secrets: RECEIPT_KEY/,
    ],
    [
      'tables that are behind',
      aWorld({ pending: async () => [{ tag: '0005_owners_and_rollups', when: 5 }] }),
      /migrations: Postgres lacks 0005_owners_and_rollups/,
    ],
    [
      'a Postgres that does not answer',
      aWorld({ pending: () => Promise.reject(new Error('connect ECONNREFUSED')) }),
      /migrations: Postgres does not answer: connect ECONNREFUSED/,
    ],
    [
      'tables that are behind in one of several databases',
      aWorld({
        given: { ...secrets, DATABASE_URLS: '{"north":"postgresql://a:b@ep-b.neon.example/x"}' },
        pending: async (url) => (url.includes('ep-b') ? [{ tag: '0005_owners_and_rollups', when: 5 }] : []),
      }),
      /^migrations: Postgres north lacks 0005_owners_and_rollups/,
    ],
    [
      'databases that are none',
      aWorld({ given: { ...secrets, DATABASE_URLS: 'ep-b.neon.example' } }),
      /secrets: DATABASE_URLS: is not JSON like/,
    ],
    [
      'a replica of nothing',
      aWorld({
        given: { ...secrets, DATABASE_READ_URLS: '{"south":"postgresql://a:b@ep-c.neon.example/x"}' },
      }),
      /secrets: DATABASE_READ_URLS: has a replica of south, which is none of main/,
    ],
    [
      'a pooler in front of migrations',
      aWorld({ given: { ...secrets, DATABASE_URL: 'postgresql://a:b@ep-a-pooler.neon.example/x' } }),
      /pooler/,
    ],
    [
      'a Redis that lets nobody in',
      aWorld({ answers: { 'redis.example': () => new Response('', { status: 401 }) } }),
      /redis: Redis answers 401/,
    ],
    [
      'a secret that Turnstile does not know',
      aWorld({
        answers: {
          'challenges.cloudflare.com': () => Response.json({ 'error-codes': ['invalid-input-secret'] }),
        },
      }),
      /turnstile: /,
    ],
    [
      'an API that is not well',
      aWorld({ answers: { 'polls.example': () => Response.json({ status: 'warn' }) } }),
      /edge: \/readyz answers 200/,
    ],
    [
      'a clock that goes wrong',
      aWorld({
        answers: {
          'polls.example': () =>
            Response.json({ status: 'pass' }, { headers: { Date: new Date(noon + 90_000).toUTCString() } }),
        },
      }),
      /clock: This machine's clock is 90 s behind/,
    ],
  ]

  test.each(worlds)('finds %s', async (_mistake, world, said) => {
    const found = await wrongIn(projectRoot, world)
    expect(found.map(({ check, what }) => `${check}: ${what}`).join('\n')).toMatch(said)
  })

  test('never says a secret', async () => {
    const given = { ...secrets, ROOT_KEY: 'guess-me', RECEIPT_KEY: 'not-a-key' }
    const said = report('production', await examine(projectRoot, 'production', aWorld({ given })))
    for (const secret of ['guess-me', 'not-a-key', 'somebody:secret', 'a-token'])
      expect(said).not.toContain(secret)
  })

  test('says what it could not ask, which is not wrong', async () => {
    const findings = await examine(projectRoot, 'production', aWorld({ given: {} }))
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['unasked']))
    expect(report('production', findings)).toContain('Nothing is known to be wrong with production.')
  })
})
