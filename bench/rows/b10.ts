// B10: what a million ballots cost at list prices, from everything that 10,000 of them made the stack do.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Bill, billBetween, requestsOf } from '../drivers/metered/meter.ts'
import { startWrappedStack, type WrappedStack } from '../drivers/wrapped-stack/wrapped-stack.ts'
import { acceptedIn } from '../load/answer-class.ts'
import { closedLoop, runLoad } from '../load/run-load.ts'
import { cpuMicrosBetween, readCpu } from '../measure/cpu.ts'
import { dollarsOf, perMillion, pricesOf, totalOf, type Usage } from '../measure/prices.ts'
import { readStoreCounts, type StoreCounts, storeCountsBetween } from '../measure/store-counts.ts'
import { untilStill } from '../measure/until-still.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'

const budget = 1.7

export const b10: Row = {
  id: 'B10',
  comparison: `dollars a million ballots at ≥ 30 a commit, of a budget of $${budget.toFixed(2)}`,
  atMost: 1,
  run: async (context) => {
    const stack = await startWrappedStack(join(context.scratch, 'stack'))
    try {
      return await measure(context, stack)
    } finally {
      await stack.stop()
    }
  },
}

const ballots = 10_000
/** Enough of them wait at any moment that a commit finds thirty. */
const concurrency = 128
const leastAtOnce = 30
/** What is counted hardly differs from one time to the next. */
const mostRounds = 2

interface Cost {
  readonly ballots: number
  readonly bill: Bill
  readonly stores: StoreCounts
  readonly dollarsPerMillion: Usage
  readonly total: number
}

const measure = async ({ rounds, say }: RowContext, stack: WrappedStack): Promise<Measurement> => {
  const samples = await interleave(
    Math.min(rounds, mostRounds),
    [
      { name: 'group', measure: () => costOfMany(stack, 'group') },
      { name: 'single', measure: () => costOfMany(stack, 'single') },
    ],
    ({ group, single }, number) => say(`round ${number}: ${shown(group)}; ${shown(single)}`),
  )
  const lone = await costOfLone(stack)
  say(`lone ballots: ${shown(lone)}`)
  const [first] = samples
  if (first === undefined) throw new Error('Nothing was counted.')
  return {
    ratios: samples.map(({ group }) => group.total / budget),
    also: [
      {
        comparison: 'the same at one ballot a commit',
        ratios: samples.map(({ single }) => single.total / budget),
        bound: null,
      },
      {
        comparison: 'the same where every ballot is alone: quiet polls, seconds between ballots',
        ratios: [lone.total / budget],
        bound: null,
      },
    ],
    samples: [...samples, { lone }],
    notes: [
      `A million at ${perCommit(first.group)} ballots a commit: ${itemised(first.group)}.`,
      `At one a commit (the twin, \`BENCH_COMMIT=single\`): ${itemised(first.single)}.`,
      `Alone: ${itemised(lone)}. Its object time is not measured; timers keep box and board awake for at most 0.4 s together, $0.64 more.`,
      `Postgres was asked ${first.group.stores.postgresRoundTrips} times for ${ballots.toLocaleString('en')} ballots at ${perCommit(first.group)} a commit, Redis ${first.group.stores.redisCommands ?? 'an uncounted number of'} times; a Postgres is paid by the hour and is in no number here.`,
      `Counted, not estimated: rows, alarms, requests and messages by a meter around the objects’ storage, methods and queue; Postgres by pg_stat_statements, Redis by INFO. Prices of ${pricesOf}, without what the plan includes.`,
      `CPU is all of workerd’s on this machine, objects included, which the platform bills by time and not by CPU: an upper bound. Object time: two objects of 128 MB from the first ballot to the last confirmation.`,
      `Counted ${samples.length} times, because counts hardly vary; the poll has one box and nobody reads its results meanwhile.`,
    ],
  }
}

const costOfMany = async (stack: WrappedStack, commit: 'group' | 'single'): Promise<Cost> => {
  await stack.commitBy(commit)
  const pollId = await stack.makePoll({ expectedVoters: 1000 })
  const cost = await costOf(stack, ballots, async () => {
    const { sent, answers } = await runLoad(
      closedLoop({
        origin: stack.facts.url,
        seconds: 300,
        warmUpSeconds: 0,
        connections: concurrency,
        maxRequests: ballots,
        request: {
          method: 'POST',
          path: `/v1/polls/${pollId}/ballots`,
          headers: { 'content-type': 'application/json', 'voter-id': `${pollId}-voter-{n}` },
          bodies: ['{"answers":{"q":["a"]}}', '{"answers":{"q":["b"]}}'],
        },
      }),
    )
    if (acceptedIn(answers) !== ballots || sent !== ballots)
      throw new Error(`Not every ballot was accepted: ${JSON.stringify(answers)}`)
  })
  if (commit === 'group' && ballots / cost.bill.commits < leastAtOnce)
    throw new Error(`Only ${perCommit(cost)} ballots came together in a commit; B10 asks for ${leastAtOnce}.`)
  return cost
}

const quietPolls = 20
const loneTurns = 3
/** Longer than any timer and linger of ours. */
const apartMs = 2_500

const costOfLone = async (stack: WrappedStack): Promise<Cost> => {
  await stack.commitBy('group')
  const polls: string[] = []
  for (let poll = 0; poll < quietPolls; poll++) polls.push(await stack.makePoll({ expectedVoters: 1000 }))
  const turn = (name: string) => Promise.all(polls.map((pollId) => castOne(stack, pollId, name)))
  await turn('founder') // whose ballot makes the box
  await untilStill(() => stack.bill(), atRest)
  return costOf(stack, quietPolls * loneTurns, async () => {
    for (let number = 0; number < loneTurns; number++) {
      await turn(`loner-${number}`)
      await pause(apartMs)
    }
  })
}

const castOne = async (stack: WrappedStack, pollId: string, voter: string): Promise<void> => {
  const response = await fetch(`${stack.facts.url}/v1/polls/${pollId}/ballots`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'voter-id': `${voter}-of-${pollId}` },
    body: '{"answers":{"q":["a"]}}',
  })
  if (response.status !== 201)
    throw new Error(`A ballot was refused: ${response.status} ${await response.text()}`)
  await response.body?.cancel()
}

/** Everything that `cast` makes the stack do, until it has come to rest. */
const costOf = async (stack: WrappedStack, cast: number, work: () => Promise<void>): Promise<Cost> => {
  const workerd = stack.facts.pids['workers']
  if (workerd === undefined) throw new Error('The stack does not say which process is its workerd.')
  const [before, storesBefore, cpuBefore] = [
    await stack.bill(),
    await readStoreCounts(stack.facts),
    readCpu(workerd),
  ]
  const startMs = performance.now()
  await work()
  const after = await untilStill(() => stack.bill(), atRest)
  const seconds = (performance.now() - startMs - atRest.stillMs) / 1000
  const cpuMs = cpuMicrosBetween(cpuBefore, readCpu(workerd)) / 1000
  const bill = billBetween(before, after)
  const stores = storeCountsBetween(storesBefore, await readStoreCounts(stack.facts))
  const lone = cast < ballots
  const usage: Usage = {
    workersRequest: cast + stores.ballotStatements,
    workersCpuMs: cpuMs,
    objectRequest: requestsOf(bill),
    objectGbSecond: lone ? 0 : 2 * 0.128 * seconds,
    rowRead: bill.rowsRead,
    rowWritten: bill.rowsWritten + bill.alarmsSet,
    queueOperation: 3 * bill.messageChunks,
    redisCommand: stores.redisCommands ?? 0,
  }
  const dollarsPerMillion = dollarsOf(perMillion(usage, cast))
  return { ballots: cast, bill, stores, dollarsPerMillion, total: totalOf(dollarsPerMillion) }
}

const atRest = { stillMs: 2_500, timeoutMs: 120_000 }

const perCommit = ({ ballots: cast, bill }: Cost): string => (cast / bill.commits).toFixed(1)

const itemised = ({ ballots: cast, bill, dollarsPerMillion: dollars, total }: Cost): string =>
  `$${total.toFixed(2)} = ${[
    `rows written ${dollars.rowWritten.toFixed(2)} (${((bill.rowsWritten + bill.alarmsSet) / cast).toFixed(2)} a ballot)`,
    `Workers requests ${dollars.workersRequest.toFixed(2)}`,
    `object requests ${dollars.objectRequest.toFixed(2)} (${(requestsOf(bill) / cast).toFixed(2)} a ballot)`,
    `queue ${dollars.queueOperation.toFixed(3)} (${bill.messages} messages)`,
    `CPU ${dollars.workersCpuMs.toFixed(3)}`,
    `rows read ${dollars.rowRead.toFixed(3)}`,
    `object time ${dollars.objectGbSecond.toFixed(3)}`,
    `Redis ${dollars.redisCommand.toFixed(2)}`,
  ].join(' + ')}`

const shown = (cost: Cost): string => `$${cost.total.toFixed(2)} a million at ${perCommit(cost)} a commit`
