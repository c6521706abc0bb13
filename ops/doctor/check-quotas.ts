// Whether the rate limiters count each for itself, and grant what the plans promise.
import { planTerms } from '../../src/application/plan-terms.ts'
import { type Finding, findingsOf } from './finding.ts'
import type { Setup } from './setup.ts'

const { wrong } = findingsOf('quotas')

export const checkQuotas = (setup: Setup): readonly Finding[] => {
  const limiters = setup.here.edge.ratelimits ?? []
  const elsewhere = [setup.local, ...setup.others].flatMap(({ edge }) => edge.ratelimits ?? [])
  const uses = (id: string) => [...limiters, ...elsewhere].filter((other) => other.namespace_id === id).length
  return [
    ...limiters
      .filter(({ namespace_id: id }) => uses(id) > 1)
      .map(({ name, namespace_id: id }) =>
        wrong(
          `The rate limiter ${name} shares the namespace ${id}: one uses up what the other has.`,
          'Give it a namespace_id that nothing else of the account has.',
        ),
      ),
    ...limiters
      .filter(({ namespace_id: id }) => !/^[1-9]\d*$/.test(id))
      .map(({ name, namespace_id: id }) =>
        wrong(`${name}: “${id}” is no namespace.`, 'Take a positive number.'),
      ),
    ...limiters
      .filter(({ simple }) => simple.period !== 10 && simple.period !== 60)
      .map(({ name }) =>
        wrong(`${name} counts over a period that does not exist.`, 'Take 10 or 60 seconds.'),
      ),
    ...Object.entries(planTerms).flatMap(([plan, { callsPerMinute }]) => {
      const limiter = limiters.find(({ name }) => name === `OWNER_CALLS_${plan.toUpperCase()}`)
      const granted = limiter === undefined ? null : (limiter.simple.limit * 60) / limiter.simple.period
      if (granted === null || granted === callsPerMinute) return []
      return wrong(
        `The plan ${plan} promises ${callsPerMinute} calls a minute, and ${limiter?.name} lets ${granted} through.`,
        'Make wrangler.toml and src/application/plan-terms.ts agree.',
      )
    }),
  ]
}
