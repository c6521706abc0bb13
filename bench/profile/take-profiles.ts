// Runs a scenario against a stack of its own and takes the CPU profiles of the Workers it keeps busy.
import { freePort } from '../../dev/ports.ts'
import { startStack } from '../../dev/stack.ts'
import type { WorkerName } from '../../dev/worker-names.ts'
import { acceptedIn } from '../load/answer-class.ts'
import type { LoadReport } from '../load/plan.ts'
import { runLoad } from '../load/run-load.ts'
import { makePoll } from '../stack.ts'
import { type CpuProfile, inSources } from './cpu-profile.ts'
import { type Profiling, startProfiling } from './profiling.ts'
import { mapOf, readableBundles } from './readable-bundles.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'

export interface ProfiledStack {
  /** @throws when the load was not answered as it should be. */
  take(scenario: ScenarioName, seconds: number): Promise<Profiles>
  stop(): Promise<void>
}

export interface Profiles {
  readonly byWorker: Partial<Readonly<Record<WorkerName, CpuProfile>>>
  /** Answers a second under the profiler, which makes everything slower. */
  readonly perSecond: number
}

/** Starts a stack in a folder, which is not removed. @throws Complaint when it does not start. */
export const startProfiledStack = async (
  folder: string,
  say: (line: string) => void,
): Promise<ProfiledStack> => {
  const inspectorPort = await freePort()
  const stack = await startStack({
    dataFolder: folder,
    inspectorPort,
    instead: (place) => readableBundles(place),
    log: say,
  })
  return {
    stop: () => stack.stop(),
    async take(scenario, seconds) {
      const { workers, prepare } = scenarios[scenario]
      const plan = await prepare({ origin: stack.url, makePoll: () => makePoll(stack) }, seconds)
      say(`${scenario}: profiling ${workers.join(' and ')} for ${seconds} s`)
      const { profiles, report } = await whileLoaded(
        () => Promise.all(workers.map((worker) => startProfiling(inspectorPort, `edgepoll-${worker}`))),
        (events) => runLoad(plan, events),
      )
      const accepted = requireAllAccepted(report)
      const named = profiles.map((profile, at) => {
        const worker = workers[at] ?? 'edge' // one profile a Worker
        return [worker, inSources(profile, mapOf(stack.dataFolder, worker))] as const
      })
      return { byWorker: Object.fromEntries(named), perSecond: accepted / report.window.seconds }
    },
  }
}

/** Samples from where the load's window opens to where it closes: neither the warm-up nor what comes after. */
const whileLoaded = async (
  start: () => Promise<readonly Profiling[]>,
  load: (events: { windowOpened(): void; windowClosed(): void }) => Promise<LoadReport>,
): Promise<{ readonly profiles: readonly CpuProfile[]; readonly report: LoadReport }> => {
  let begun: Promise<readonly Profiling[]> = Promise.resolve([])
  let profiles: Promise<readonly CpuProfile[]> = Promise.resolve([])
  const report = await load({
    windowOpened() {
      begun = start()
    },
    windowClosed() {
      profiles = begun.then((all) => Promise.all(all.map((one) => one.stop())))
    },
  })
  return { profiles: await profiles, report }
}

/** A profile of refusals is one of something else. */
const requireAllAccepted = ({ answers, sent, window }: LoadReport): number => {
  if (acceptedIn(answers) !== sent)
    throw new Error(`Not everything was answered as it should be: ${JSON.stringify(answers)}`)
  return acceptedIn(window.answers)
}
