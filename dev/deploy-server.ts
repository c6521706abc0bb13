// What ops/deploy speaks to instead of Cloudflare when it publishes to this machine: the stack's own list of versions.
import { timingSafeEqual } from 'node:crypto'
import { Complaint } from './complaint.ts'
import { type JsonAnswer, type JsonServer, startJsonServer } from './json-server.ts'
import { freePort } from './ports.ts'
import { type ReplaceableWorkers, startReplaceable } from './replaceable-workers.ts'
import { type WorkerName, workerNames } from './worker-names.ts'

interface Needs {
  readonly workers: ReplaceableWorkers
  readonly rootKey: string
  readonly port: number
  /** Called when other processes run than before. */
  readonly changed: () => void
}

/** Workers that can be replaced, and the address that takes orders to do so. */
export interface OpenWorkers extends ReplaceableWorkers {
  readonly deployUrl: string
}

export const startOpen = async (
  needs: Parameters<typeof startReplaceable>[0] & Pick<Needs, 'rootKey' | 'changed'>,
): Promise<OpenWorkers> => {
  const workers = await startReplaceable(needs)
  const server = await startDeployServer({ ...needs, workers, port: await freePort() })
  return {
    ...workers,
    get pids() {
      return workers.pids
    },
    deployUrl: server.url,
    async stop() {
      await server.stop()
      await workers.stop()
    },
  }
}

/** POST `/deployments {worker}`, `/publish {worker, file}`, `/activate {worker, version}`, with the root key. */
export const startDeployServer = ({ workers, rootKey, port, changed }: Needs): Promise<JsonServer> => {
  const done = (worker: WorkerName): JsonAnswer => {
    changed()
    return { status: 200, body: { version: workers.deployments(worker).at(-1) } }
  }
  const acts: Readonly<Record<string, (worker: WorkerName, order: Order) => Promise<JsonAnswer>>> = {
    '/deployments': async (worker) => ({ status: 200, body: { versions: workers.deployments(worker) } }),
    '/publish': async (worker, { file }) => {
      await workers.publish(worker, file)
      return done(worker)
    },
    '/activate': async (worker, { version }) => {
      await workers.activate(worker, version)
      return done(worker)
    },
  }
  return startJsonServer({
    port,
    maxBytes: 10_000,
    refuse,
    async handle({ path, headers, body }) {
      if (!isKey(headers.authorization, rootKey)) return refuse(401, 'the root key is wanted')
      const act = Object.hasOwn(acts, path) ? acts[path] : undefined
      const order = orderIn(body)
      const worker = workerNames.find((name) => name === order.worker)
      if (act === undefined || worker === undefined) return refuse(400, 'that is not understood')
      try {
        return await act(worker, order)
      } catch (error) {
        if (error instanceof Complaint) return refuse(409, error.message)
        throw error
      }
    },
  })
}

interface Order {
  readonly worker: string
  readonly file: string
  readonly version: string
}

const orderIn = (body: unknown): Order => {
  const { worker, file, version } = Object(body)
  return { worker: String(worker), file: String(file), version: String(version) }
}

const refuse = (status: number, error: string): JsonAnswer => ({ status, body: { error } })

const isKey = (authorization: string | undefined, key: string): boolean => {
  const [given, wanted] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${key}`)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
