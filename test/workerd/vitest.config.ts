// Tests inside the Workers runtime: alarms, eviction, abort, sockets, queue acknowledgements.
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineProject } from 'vitest/config'

/** Stands for the archive Worker, which the scoreboards call: it remembers nothing and takes everything. */
const archiveScript = `
import { WorkerEntrypoint } from 'cloudflare:workers'
export class ArchiveService extends WorkerEntrypoint { async recordPoll() {} }
export default { fetch: () => new Response(null, { status: 404 }) }
`

export default defineProject({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: '../../workers/count/wrangler.toml' },
      miniflare: {
        // What isolates count is told soon, instead of after ten seconds.
        bindings: { METRICS_FLUSH_MS: '200' },
        workers: [
          {
            name: 'edgepoll-archive',
            modules: true,
            script: archiveScript,
            compatibilityDate: '2026-11-01',
          },
        ],
      },
    }),
  ],
  test: { name: 'workerd', include: ['**/*.test.ts'], testTimeout: 30_000 },
})
