// The writer next to Postgres: the consumer hears of it what it would hear of Postgres, and nobody else is let in.
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare'
import { describe, expect, test } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import { configPathOf } from '../../dev/worker-names.ts'
import { planRuntime } from '../../dev/workers.ts'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import { ArchiveRejected, ArchiveUnavailable } from '../../src/archive/archive-error.ts'
import { askWriter, isOwnCall, writeBallots } from '../../src/runtime/placed-writer.ts'

const signal = () => AbortSignal.timeout(5_000)

const messages: readonly BallotMessage[] = [
  {
    v: 2,
    id: 'poll_a:0:1',
    pollId: 'poll_a',
    workspaceId: 'ws_a',
    shard: 0,
    first: 1,
    last: 1,
    ballots: [
      {
        id: 'bal_1',
        revision: 1,
        castAt: 1_795_560_000_000,
        answers: { where: ['pizza'], why: 'so "much"\n🍕' },
        country: null,
        shard: 0,
        seq: 1,
        salt: 'ab',
      },
    ],
  },
]

/** Consumer and writer as they are in one Worker, over a request as the platform carries it. */
const through = (archiveBallots: ReturnType<Parameters<typeof writeBallots>[0]['writerOf']>) => {
  const write = writeBallots({ writerOf: () => archiveBallots })
  return askWriter({ fetch: (address, init) => write(new Request(address, init)) }, 'main')
}

describe('what is handed to the writer', () => {
  test('comes there as it was read, and how long Postgres took comes back', async () => {
    const seen: unknown[] = []
    const ask = through(async (batch) => {
      seen.push(...batch)
      return 17
    })
    expect(await ask(messages, signal())).toBe(17)
    expect(seen).toEqual(messages)
  })

  test.each([
    ['what Postgres will never take', new ArchiveRejected('22P05'), ArchiveRejected],
    ['Postgres being away', new ArchiveUnavailable('unreachable'), ArchiveUnavailable],
    ['a bug', new TypeError('no such thing'), Error],
  ])('%s is thrown as there', async (_, error, kind) => {
    const asked = through(() => Promise.reject(error))(messages, signal())
    await expect(asked).rejects.toThrow(kind)
    await expect(asked).rejects.toThrow(error.message)
  })

  test('is worth another try where the writer itself is ill', async () => {
    const asked = askWriter({ fetch: async () => new Response('out of memory', { status: 500 }) }, 'main')
    await expect(asked(messages, signal())).rejects.not.toThrow(ArchiveRejected)
  })

  test('is given up at the signal', async () => {
    const enough = new AbortController()
    const never: Parameters<typeof askWriter>[0] = {
      fetch: (_, { signal: given }) =>
        new Promise((_done, failed) => given?.addEventListener('abort', () => failed(given.reason))),
    }
    const asked = askWriter(never, 'main')(messages, enough.signal)
    enough.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
  })
})

describe('the writer', () => {
  const environments = [undefined, 'preview', 'staging', 'production']

  test.each(environments)('in %s has no address of its own, and is bound by itself alone', (env) => {
    const read = (worker: 'edge' | 'count' | 'archive') =>
      readConfig({ config: configPathOf(worker), ...(env !== undefined && { env }) }, { hideWarnings: true })
    const archive = read('archive')
    expect([archive.workers_dev, archive.preview_urls]).toEqual([false, false])
    expect([archive.route, archive.routes ?? []]).toEqual([undefined, []])
    const own = archive.services?.find(
      (service: { readonly binding: string }) => service.binding === 'WRITER',
    )
    expect(own).toMatchObject({ service: archive.name, props: { writes: true } })
    const others = [...(read('edge').services ?? []), ...(read('count').services ?? [])]
    expect(others.filter(({ service, entrypoint }) => service === archive.name && !entrypoint)).toEqual([])
  })

  test('knows itself by what only its own binding says', async () => {
    const nobody = { bundles: Object.create(null), values: { shared: {}, additional: {} }, port: null }
    const place = { state: '.', sharedState: '.', registry: null }
    const plan = await planRuntime({ name: 'writer', workers: ['archive'], ...nobody, ...place })
    const bindings = Object(plan.workers[0]?.options['serviceBindings'])
    const script = `export default { fetch: (request, env, { props }) =>
      request.url.endsWith('/around') ? env.WRITER.fetch('https://writer.invalid/') : Response.json(props ?? null) }`
    const worker = {
      name: 'edgepoll-archive',
      modules: true,
      script,
      compatibilityDate: '2026-11-01',
      serviceBindings: { WRITER: bindings.WRITER },
    } satisfies V4WorkerOptions
    const runtime = new Miniflare(convertV4MiniflareOptions({ workers: [worker] }))
    try {
      const propsAt = async (path: string) => (await runtime.dispatchFetch(`http://a${path}`)).json()
      expect(isOwnCall(await propsAt('/'))).toBe(false)
      expect(isOwnCall(await propsAt('/around'))).toBe(true)
    } finally {
      await runtime.dispose()
    }
  })

  test.each([undefined, null, {}, { writes: 'true' }, 'writes', []])('lets %j not in', (props) => {
    expect(isOwnCall(props)).toBe(false)
  })
})
