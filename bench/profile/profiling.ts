// Asks one Worker of a running stack for a CPU profile.
import { attach } from '../measure/inspector.ts'
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
