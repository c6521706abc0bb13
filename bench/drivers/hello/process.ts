// The least a Worker can do, on the same runtime as ours: answers everybody "Hello", past Miniflare's own entry.

import getPort from 'get-port'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { PeerReady } from '../../peers/spawn-peer.ts'

const [host, port] = ['127.0.0.1', await getPort({ host: '127.0.0.1' })]
const contents = `export default { fetch: () => new Response('Hello, world!') }`

const runtime = new Miniflare(
  convertV4MiniflareOptions({
    host,
    port: 0,
    cf: false,
    workers: [
      {
        name: 'hello',
        modules: [{ type: 'ESModule', path: 'hello.mjs', contents }],
        compatibilityDate: '2026-11-01',
        compatibilityFlags: ['nodejs_compat'],
        unsafeDirectSockets: [{ host, port }],
      },
    ],
  }),
)
await runtime.ready
const ready: PeerReady = { origin: `http://${host}:${port}` }
process.send?.(ready)
process.once('disconnect', async () => {
  await runtime.dispose()
  process.exit(0)
})
