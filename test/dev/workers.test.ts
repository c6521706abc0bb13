// How the Workers are given to the runtime, from the configurations as they are.
import { expect, test } from 'vitest'
import type { Bundles } from '../../dev/bundles.ts'
import { planRuntime } from '../../dev/workers.ts'

const bundle = { path: '/nowhere/index.js', sha256: '0123456789abcdef0123456789abcdef' }
const bundles: Bundles = { edge: bundle, count: bundle, archive: bundle }
const shared = {
  ENVIRONMENT: 'local',
  DATABASE_URL: 'postgres://a:b@c/d',
  ROOT_KEY: 'root',
  NOBODY_ASKED: 'x',
}
const common = { bundles, state: '/state/edge-1', sharedState: '/state/v3' }

test('a Worker gets what its configuration declares, and what is added for it alone', async () => {
  const values = { shared, additional: { count: { BENCH_COMMIT: 'single' } } }
  const plan = await planRuntime({
    ...common,
    values,
    name: 'all',
    workers: ['edge', 'count', 'archive'],
    port: 1,
    registry: null,
  })
  const [edge, count, archive] = plan.workers.map(({ options: { bindings } }) => bindings)
  expect(edge).toMatchObject({ ROOT_KEY: 'root', DATABASE_URL: shared.DATABASE_URL })
  // Whoever publishes asks for it at /livez.
  expect(edge).toMatchObject({ VERSION: { id: '0123456789abcdef' } })
  expect(edge).not.toHaveProperty('NOBODY_ASKED')
  expect(edge).not.toHaveProperty('BENCH_COMMIT')
  expect(archive).not.toHaveProperty('ROOT_KEY')
  expect(count).toMatchObject({ ENVIRONMENT: 'local', BENCH_COMMIT: 'single' })
  expect(count).not.toHaveProperty('DATABASE_URL')
})

test('only the edge answers the public port, past the entry', async () => {
  const plan = await planRuntime({
    ...common,
    values: { shared, additional: {} },
    name: 'all',
    workers: ['edge', 'count'],
    port: 8787,
    registry: null,
  })
  const [edge, count] = plan.workers.map(({ options }) => options)
  expect(edge).toMatchObject({
    name: 'edgepoll-edge',
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 8787 }],
  })
  expect(count).not.toHaveProperty('unsafeDirectSockets')
  expect(plan.options.port).toBe(0)
})

test('the edge reads its published files from their folder, with no router before it', async () => {
  const plan = await planRuntime({
    ...common,
    values: { shared, additional: {} },
    name: 'all',
    workers: ['edge', 'count'],
    port: 8787,
    registry: null,
  })
  const [edge, count] = plan.workers.map(({ options }) => options)
  expect(edge).toMatchObject({
    serviceBindings: {
      ASSETS: { disk: { path: expect.stringMatching(/web\/reference\/assets$/), writable: false } },
    },
  })
  expect(edge).not.toHaveProperty('assets')
  expect(count).not.toMatchObject({ serviceBindings: { ASSETS: expect.anything() } })
})

test('a plan can be sent to another process as it is', async () => {
  const plan = await planRuntime({
    ...common,
    values: { shared, additional: {} },
    name: 'edge-1',
    workers: ['edge'],
    port: 1,
    registry: '/registry',
  })
  expect(JSON.parse(JSON.stringify(plan))).toEqual(structuredClone(plan))
  expect(plan.options.unsafeDevRegistryPath).toBe('/registry')
  // Processes that write the same files would destroy them.
  expect(plan.options.resourcePersistencePath).toBe(plan.shares ? '/state/v3' : '/state/edge-1')
})
