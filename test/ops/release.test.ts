// What a step does when the version it published is found out by its vote. Against a running stack the rollback drill does it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Deployment } from '../../ops/deploy/history.ts'
import { release } from '../../ops/deploy/release.ts'
import type { Target } from '../../ops/deploy/target.ts'

const order = { env: 'staging', branch: null, dryRun: false } as const

beforeEach(() => {
  vi.stubEnv('PROBE_KEY', 'ep_test_key')
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const ran = (version: string, standIn = false): Deployment => ({ version, back: false, standIn })

/** A place where these versions ran, and a vote there that fails. */
const aPlace = (deployments: readonly Deployment[], refusal: string | null = null) => {
  const activated: string[] = []
  const target: Target = {
    rehearse: async () => undefined,
    publish: async () => ({ version: 'bad', url: null }),
    deployments: async () => deployments,
    activate: async (_worker, version) => {
      if (refusal !== null) throw new Error(refusal)
      activated.push(version)
    },
  }
  const prove = async () => {
    throw new Error('It counts nothing.')
  }
  return { activated, needs: { targetOf: async () => target, prove } }
}

test('what ran before runs again', async () => {
  const { activated, needs } = aPlace([ran('older'), ran('good')])
  await expect(release(order, 'archive', needs)).rejects.toThrow(
    'archive bad does not do: It counts nothing. good runs again.',
  )
  expect(activated).toEqual(['good'])
})

test.each([
  ['nothing', []],
  ['a stand-in', [ran('stand-in', true)]],
])('where %s ran before, what was published stays, and that is said', async (_what, deployments) => {
  const { activated, needs } = aPlace(deployments)
  await expect(release(order, 'archive', needs)).rejects.toThrow(
    'There is no version before it to go back to.',
  )
  expect(activated).toEqual([])
})

test('where going back fails too, both reasons are said', async () => {
  const { needs } = aPlace([ran('good')], 'The platform refuses good.')
  await expect(release(order, 'count', needs)).rejects.toThrow(
    'count bad does not do: It counts nothing. It still runs, for good does not run again: The platform refuses good.',
  )
})
