// The stack on this machine as a place to publish to: its own list of versions, asked over its deploy address.
import { join, resolve } from 'node:path'
import { configOf, type WorkerName } from '../../dev/worker-names.ts'
import { inScratch, localStack } from './step.ts'
import type { Target } from './target.ts'
import { wrangler } from './wrangler.ts'

/** `bundle`: a file to publish instead of what these sources make. */
export const localTarget = (bundle: string | null): Target => {
  const { deployUrl, rootKey, url } = localStack()

  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(new URL(path, deployUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const said: Record<string, unknown> = JSON.parse(await answer.text())
    if (answer.status !== 200) throw new Error(`The stack refused: ${said['error']}`)
    return said
  }
  const withBundle = <Made>(worker: WorkerName, use: (file: string) => Promise<Made>): Promise<Made> =>
    bundle === null ? inScratch(async (folder) => use(await build(worker, folder))) : use(resolve(bundle))

  return {
    rehearse: (worker) =>
      withBundle(worker, async (file) =>
        console.log(`Would publish ${worker} to the stack at ${url}: ${file}`),
      ),
    publish: (worker) =>
      withBundle(worker, async (file) => {
        const { version } = await ask('/publish', { worker, file })
        return { version: String(version), url: worker === 'edge' ? url : null }
      }),
    async deployments(worker) {
      const { versions } = await ask('/deployments', { worker })
      // By dev/deploy-server.ts. How a version came to run again is not noted there.
      return (versions as readonly string[]).map((version) => ({ version, back: false, standIn: false }))
    },
    async activate(worker, version) {
      await ask('/activate', { worker, version })
    },
  }
}

/** As the stack builds it: outside every environment. */
const build = async (worker: WorkerName, folder: string): Promise<string> => {
  const { placePublished } = await import('../../dev/generate-published.ts')
  await placePublished()
  const args = ['deploy', '--dry-run', '-c', configOf(worker), '--env=', '--outdir', folder]
  if (!wrangler(args, { quiet: true }).ok) throw new Error(`The Worker ${worker} cannot be built.`)
  return join(folder, 'index.js')
}
