// Asks one Worker of a running stack for a CPU profile, by the protocol of its debugger (Chrome DevTools over a WebSocket).
import type { CpuProfile } from './cpu-profile.ts'

export interface Profiling {
  /** Ends it and answers what was sampled since it began. */
  stop(): Promise<CpuProfile>
}

/** Begins to sample the Worker `worker`; `port` is where the runtime's debugger listens. */
export const startProfiling = async (port: number, worker: string): Promise<Profiling> => {
  const session = await attach(port, worker)
  await session.ask('Profiler.enable')
  await session.ask('Profiler.setSamplingInterval', { interval: samplingMicros })
  await session.ask('Profiler.start')
  return {
    async stop() {
      const { profile } = await session.ask('Profiler.stop')
      session.close()
      return profile as CpuProfile // the protocol says so
    },
  }
}

// Finer ones would show little more and slow down what they measure.
const samplingMicros = 500

interface Session {
  ask(method: string, params?: object): Promise<{ readonly profile?: unknown }>
  close(): void
}

interface Answer {
  readonly id?: number
  readonly result?: { readonly profile?: unknown }
  readonly error?: { readonly message: string }
}

const attach = async (port: number, worker: string): Promise<Session> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/core:user:${worker}`)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(gone(worker)), { once: true })
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer // or an event, which has no id
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
  })
  socket.addEventListener('close', () => {
    for (const answer of waiting.values()) answer({ error: { message: gone(worker).message } })
  })
  let last = 0
  return {
    ask: (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id)
          if (error === undefined) resolve(result ?? {})
          else reject(new Error(`${method} of ${worker}: ${error.message}`))
        })
        socket.send(JSON.stringify({ id, method, params }))
      }),
    close: () => socket.close(),
  }
}

const gone = (worker: string) => new Error(`The debugger of ${worker} does not answer.`)
