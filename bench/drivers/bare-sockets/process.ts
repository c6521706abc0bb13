// The bare loop's process; ends with its parent. Word: a folder of its own.
import { join } from 'node:path'
import getPort from 'get-port'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { PeerReady } from '../../peers/spawn-peer.ts'
import { bundleWorker } from '../bundle.ts'

const [folder = '.'] = process.argv.slice(2)
const [host, port] = ['127.0.0.1', await getPort({ host: '127.0.0.1' })]
const path = await bundleWorker(join(import.meta.dirname, 'worker.ts'), folder, 'bare-sockets')

const runtime = new Miniflare(
  convertV4MiniflareOptions({
    host,
    port: 0,
    cf: false,
    resourcePersistencePath: join(folder, 'state'),
    workers: [
      {
        name: 'bare-sockets',
        rootPath: folder,
        modulesRoot: folder,
        modules: [{ type: 'ESModule', path }],
        compatibilityDate: '2026-11-01',
        compatibilityFlags: ['nodejs_compat'],
        durableObjects: { FAN: { className: 'Fan', useSQLite: true } },
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
