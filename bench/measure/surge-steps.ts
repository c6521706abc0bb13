// A box of a stated capacity that is offered less than it can take, as much, and many times as much, one step after the other.
import type { BenchStack } from '../stack.ts'
import { kept, type OfferedSample, offerBallots, shownOffer } from './offered-ballots.ts'
import { untilIdle } from './until-idle.ts'

/** One step of the curve. */
export interface SurgeStep extends Omit<OfferedSample, 'report'> {
  /** How many times its capacity the box was offered. */
  readonly times: number
}

/** Ballots a second, with `commit: 'held'` (src/runtime/count-services.ts). */
export const boxCapacity = 200

/** Up to 5,000 voters fit one box. */
export const oneBox = { expectedVoters: 1000 }

interface Needs {
  readonly times: readonly number[]
  readonly seconds: number
  readonly seed: number
  say(line: string): void
}

/** Offers each step to a poll of its own and lets the stack come to rest in between. */
export const measureSteps = async (
  stack: BenchStack,
  { times, seconds, seed, say }: Needs,
): Promise<readonly SurgeStep[]> => {
  const steps: SurgeStep[] = []
  for (const each of times) {
    const step = await measureStep(stack, { times: each, seconds, seed })
    say(`${each}×, ${shownOffer(step)}`)
    steps.push(step)
  }
  return steps
}

const measureStep = async (
  stack: BenchStack,
  { times, seconds, seed }: Pick<Needs, 'seconds' | 'seed'> & { readonly times: number },
): Promise<SurgeStep> => {
  const pid = workersOf(stack)
  const pollId = await stack.makePoll(oneBox)
  const sample = await offerBallots({
    origin: stack.origin,
    pid,
    pollId,
    perSecond: boxCapacity * times,
    seconds,
    seed,
    // What a limit learns from the first answers is not yet how it works.
    plan: { warmUpSeconds: 2 },
  })
  await untilIdle(pid, settleMs)
  return { times, ...kept(sample) }
}

/** The process of the Workers and the runtime below it: Postgres and gateways have no part in deciding about a ballot. */
export const workersOf = ({ facts }: BenchStack): number => {
  const pid = facts.pids['edge-1-host'] ?? facts.pids['workers-host']
  if (pid === undefined) throw new Error('The stack does not say which process its Workers are.')
  return pid
}

/** The step of so many times the capacity. */
export const stepAt = (steps: readonly SurgeStep[], times: number): SurgeStep => {
  const step = steps.find((each) => each.times === times)
  if (step === undefined) throw new Error(`There was no step of ${times}×.`)
  return step
}

const settleMs = 20_000
