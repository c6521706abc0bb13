// Runs a server of a benchmark as a process group of its own: measurable and endable as a whole.
import { type ChildProcess, fork } from 'node:child_process'

export interface Peer<Ready extends PeerReady = PeerReady> {
  /** What the server said of itself. */
  readonly ready: Ready
  /** The root of its process tree. */
  readonly pid: number
  /** Asks it to end, then ends whatever of its group is left. */
  stop(): Promise<void>
}

/** The one message a server sends its parent, once it can be used. */
export interface PeerReady {
  readonly origin: string
}

/** Forks the module with these words and waits until it is ready. */
export const spawnPeer = async <Ready extends PeerReady = PeerReady>(
  module: string,
  words: readonly string[],
): Promise<Peer<Ready>> => {
  const child = fork(module, words, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${module} could not be started.`)
  const endGroup = (): void => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // nobody of the group is left
    }
  }
  process.once('exit', endGroup)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect()
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())])
    endGroup()
    process.off('exit', endGroup)
  }
  try {
    return { ready: await readyOf<Ready>(child), pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const readyOf = <Ready>(child: ChildProcess): Promise<Ready> =>
  new Promise((resolve, reject) => {
    let complaints = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-2000)
    })
    child.once('message', (message) => resolve(message as Ready)) // the module named above says what it says
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`A server of the benchmark ended: ${complaints.trim()}`)))
  })

const patienceMs = 20_000
