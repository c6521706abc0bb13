// Runs a peer, or any other server of a benchmark, as a process group of its own: measurable and endable as a whole.
import { fork } from 'node:child_process'

export interface Peer {
  readonly origin: string
  /** The root of its process tree. */
  readonly pid: number
  /** Asks it to end, then ends whatever of its group is left. */
  stop(): Promise<void>
}

/** Forks the module and waits until it reports `{ kind: 'listening', origin }`. */
export const spawnPeer = async (module: string, words: readonly string[]): Promise<Peer> => {
  const child = fork(module, words, {
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${module} could not be started.`)
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2000)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const endGroup = (): void => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // nobody of the group is left
    }
  }
  process.once('exit', endGroup)
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('message', (message: { readonly origin: string }) => resolve(message.origin))
    child.once('error', reject)
    child.once('exit', () =>
      reject(new Error(`A server of the benchmark ended at once: ${complaints.trim()}`)),
    )
  })
  return {
    origin,
    pid,
    stop: async () => {
      if (child.connected) child.disconnect()
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000).unref())])
      endGroup()
      process.off('exit', endGroup)
    },
  }
}
