import { until } from '../kernel/until.ts'
import type { HealthCheck } from './ports.ts'

export type HealthStatus = 'pass' | 'warn' | 'fail'

export interface Health {
  readonly status: HealthStatus
  readonly checks: readonly { readonly name: HealthCheck['name']; readonly status: HealthStatus }[]
}

/** What it means that a dependency does not answer: without counting no ballot can be taken; without the others something
 *  stands in for them (docs/design/resilience.md). */
const withoutIt = {
  counting: 'fail',
  postgres: 'warn',
  redis: 'warn',
  kv: 'warn',
} as const satisfies Record<HealthCheck['name'], HealthStatus>

/** A dependency that takes longer is away for whoever asks now; a probe must not wait for it longer than that. */
const patienceMs = 2_000

/** Asks each dependency, all at once. */
export const checkHealth =
  ({ healthChecks }: { readonly healthChecks: readonly HealthCheck[] }) =>
  async (signal: AbortSignal): Promise<Health> => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
    const checks = await Promise.all(
      healthChecks.map(async ({ name, check }) => ({
        name,
        status: await until(patience, check(patience)).then(
          (): HealthStatus => 'pass',
          (): HealthStatus => withoutIt[name],
        ),
      })),
    )
    const worst = (['fail', 'warn'] as const).find((status) =>
      checks.some((check) => check.status === status),
    )
    return { status: worst ?? 'pass', checks }
  }
