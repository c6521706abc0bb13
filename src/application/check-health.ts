import type { HealthCheck } from './ports.ts'

export type HealthStatus = 'pass' | 'warn' | 'fail'

export interface Health {
  readonly status: HealthStatus
  readonly checks: readonly { readonly name: HealthCheck['name']; readonly status: HealthStatus }[]
}

/** Asks each dependency. Without counting no ballot can be taken: that fails; Postgres and Redis down only warn. */
export const checkHealth =
  ({ healthChecks }: { readonly healthChecks: readonly HealthCheck[] }) =>
  async (signal: AbortSignal): Promise<Health> => {
    const checks = await Promise.all(
      healthChecks.map(async ({ name, check }) => ({
        name,
        status: await check(signal).then(
          (): HealthStatus => 'pass',
          (): HealthStatus => (name === 'counting' ? 'fail' : 'warn'),
        ),
      })),
    )
    const worst = (['fail', 'warn'] as const).find((status) =>
      checks.some((check) => check.status === status),
    )
    return { status: worst ?? 'pass', checks }
  }
