// Whether all three Workers run on one stated version of the platform, and the cache stands where it may.
import { type Finding, findingsOf } from './finding.ts'
import { type Setup, workersOf } from './setup.ts'

const { wrong } = findingsOf('platform')
const cache = findingsOf('cache')

const dayMs = 86_400_000
/** Older than this, the platform's own fixes are being missed. */
const oldestDays = 400

export const checkPlatform = (setup: Setup, now: number): readonly Finding[] => {
  const expected = setup.here.edge.compatibility_date
  return workersOf(setup).flatMap(({ file, here }) => {
    const { compatibility_date: date = '', compatibility_flags: flags } = here
    const age = (now - Date.parse(date)) / dayMs
    return [
      ...(Number.isNaN(age) ? [wrong(`${file} has no compatibility_date.`, `Set it to ${expected}.`)] : []),
      // Cloudflare refuses a date that has not come yet, by its own day.
      ...(age < -1
        ? [wrong(`${file}: compatibility_date ${date} has not come yet.`, 'Take one in the past.')]
        : []),
      ...(age > oldestDays
        ? [wrong(`${file}: compatibility_date ${date} is old.`, 'Raise it in all three, and run npm test.')]
        : []),
      ...(date === expected
        ? []
        : [wrong(`${file}: compatibility_date ${date}, but the edge has ${expected}.`, 'Make them equal.')]),
      ...(flags.includes('nodejs_compat')
        ? []
        : [
            wrong(
              `${file} lacks the flag nodejs_compat.`,
              'Add it to compatibility_flags: hashing needs node:crypto.',
            ),
          ]),
    ]
  })
}

/** Shared caches are told what they may keep by the edge alone; without one every reader costs a run of the code. */
export const checkCache = (setup: Setup): readonly Finding[] => {
  const { env, here } = setup
  const isServed = env !== 'preview'
  return [
    ...(isServed && here.edge.cache?.enabled !== true
      ? [
          cache.wrong(
            `The edge has no cache in front of it in ${env}.`,
            `Set [env.${env}.cache] enabled = true.`,
          ),
        ]
      : []),
    ...workersOf(setup)
      .filter(({ worker, here: config }) => worker !== 'edge' && config.cache?.enabled === true)
      .map(({ file }) =>
        cache.wrong(`${file} puts a cache before a Worker that counts.`, 'Take [cache] out.'),
      ),
  ]
}
