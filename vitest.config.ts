// The suites that run under Node, one project a kind of proof; test/run.ts chooses among them.
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

let groups = 1

const node = (name: string, include: string[], options: object = {}) => ({
  // A group of its own: those in one must have equally many workers, and unlike suites gain nothing from running together.
  test: { name, include, environment: 'node' as const, sequence: { groupOrder: groups++ }, ...options },
})

export default defineConfig({
  test: {
    // One a core, and two at the least: tests wait for databases, sleeps and restarts more than they compute.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      node(
        'unit',
        [
          'test/{architecture,archive,kernel,laws,domain,ballot-box,scoreboard,relay,application,register,receipts,delivery,admission,resilience,runtime,cache,representation,http,telemetry,web,bench,dev,ops,support}/**/*.test.ts',
        ],
        // What takes a second takes many on a machine that others keep busy.
        { testTimeout: 60_000 },
      ),
      node('contracts', ['test/contracts/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 120_000 }),
      node('simulation', ['test/simulation/**/*.test.ts'], { testTimeout: 300_000 }),
      // Two stacks at a time, however many cores there are: each is many processes.
      node('system', ['test/system/**/*.test.ts'], {
        testTimeout: 300_000,
        hookTimeout: 300_000,
        maxWorkers: 2,
      }),
      node('browser', ['test/browser/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 300_000,
        maxWorkers: 2,
      }),
      './test/workerd/vitest.config.ts',
    ],
  },
})
