// B12: that nothing of it was for show: after a surge, a kill -9 in the middle and messages that come again and again,
// what was accepted is what is stored, tallied, archived and exported.
import type { DevFacts } from '../../dev/dev-file.ts'
import { type CrashableStack, crashableStack } from '../../test/system/crashable-stack.ts'
import { acceptedIn } from '../load/answer-class.ts'
import type { LoadReport } from '../load/plan.ts'
import { closedLoop, runLoad } from '../load/run-load.ts'
import { archivedRows } from '../measure/archived-rows.ts'
import { ballotBodies, ballotRequest, connections, mostInFlight } from '../measure/offered-ballots.ts'
import { boxCapacity, oneBox } from '../measure/surge-steps.ts'
import type { Measurement, Row, RowContext } from '../row.ts'
import { makePoll } from '../stack.ts'

export const b12: Row = {
  id: 'B12',
  comparison:
    'ballots stored, tallied, archived and exported after a surge of 16×, a kill -9 and duplicates, of those accepted',
  atLeast: 1,
  run: async (context) => {
    // So soon that messages are sent again while they are still on their way.
    const count = { BENCH_COMMIT: 'held', RESEND_AFTER_MS: '1200' }
    const stack = await crashableStack({ count })
    try {
      return await measure(context, stack)
    } finally {
      await stack.remove()
    }
  },
}

const times = 16
const mostRounds = 3

interface Sample {
  readonly sent: number
  /** Voters who heard a yes. */
  readonly accepted: number
  /** Ballots of whom nobody knows: the connection broke, or the answer said so. Each is stored, or it is not. */
  readonly unknown: number
  /** Accepted ballots that were not found again under their voter, with their answers. */
  readonly lost: number
  readonly stored: number
  readonly tallied: number
  readonly archived: number
  readonly exported: number
  readonly processesKilled: number
}

const measure = async ({ rounds, seconds, say }: RowContext, stack: CrashableStack): Promise<Measurement> => {
  const samples: Sample[] = []
  let facts = await stack.start()
  for (let round = 1; round <= Math.min(rounds, mostRounds); round++) {
    const pollId = await makePoll(facts, oneBox)
    const first = offer(facts, pollId, { seconds, seed: round, firstNumber: 0 })
    // Half of the surge has been sent and much of it has no answer yet.
    await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / 2 + 1000))
    const processesKilled = await stack.kill()
    const before = await first
    facts = await stack.start()
    const after = await offer(facts, pollId, { seconds, seed: round + 1000, firstNumber: before.sent })
    const sample = await settle(facts, pollId, [before, after], processesKilled)
    samples.push(sample)
    say(`round ${round}: ${JSON.stringify(sample)}`)
  }
  return {
    ratios: samples.map(keptOf),
    also: [
      {
        comparison: 'accepted ballots that were lost',
        ratios: samples.map(({ lost }) => lost),
        bound: { atMost: 0 },
      },
      {
        comparison: 'stored ballots of whom nobody heard a yes, of those whose outcome was unknown',
        ratios: samples.map(({ stored, accepted, unknown }) => (stored - accepted) / Math.max(1, unknown)),
        bound: { atMost: 1 },
      },
    ],
    samples,
    notes: [
      `A box of ${boxCapacity} ballots a second is offered ${times} times that; in the middle every process of the stack is killed, Postgres and Redis too, and after a new start the surge goes on.`,
      'Messages to the archive that are not confirmed after 1.2 s are sent again, which most are while it is busy, and all that were under way at the kill.',
      'Every voter who heard a yes then casts the same ballot again and must get the first receipt. A ballot whose answer was lost counts once where it was stored, and nowhere where not.',
    ],
  }
}

/** The least of what is stored, tallied, archived and exported, of all that must be there; less where something was lost
 *  or made up. */
const keptOf = ({ stored, tallied, archived, exported, accepted, unknown, lost }: Sample): number => {
  const wanted = Math.max(stored, tallied, archived, exported)
  const least = Math.min(stored, tallied, archived, exported)
  const possible = accepted + unknown
  const invented = Math.max(0, wanted - possible)
  return (least - lost - invented) / wanted
}

const offer = (
  { url }: DevFacts,
  pollId: string,
  { seconds, seed, firstNumber }: { seconds: number; seed: number; firstNumber: number },
): Promise<LoadReport> =>
  runLoad(
    closedLoop({
      origin: url,
      seconds,
      pace: { kind: 'open', perSecond: boxCapacity * times, seed, maxInFlight: mostInFlight },
      connections,
      namesAccepted: true,
      firstNumber,
      request: ballotRequest(pollId),
    }),
  )

const settle = async (
  facts: DevFacts,
  pollId: string,
  reports: readonly LoadReport[],
  processesKilled: number,
): Promise<Sample> => {
  const numbers = reports.flatMap(({ accepted }) => accepted)
  const sent = reports.reduce((sum, report) => sum + report.sent, 0)
  const heardYes = reports.reduce((sum, { answers }) => sum + acceptedIn(answers), 0)
  if (heardYes !== numbers.length) throw new Error('The generator’s own books do not agree.')
  const found = await castAgain(facts, pollId, numbers)
  const closed = await asked(facts, 'POST', `/v1/polls/${pollId}/close`)
  const results = closed.ok
    ? await until(
        async () => (await (await asked(facts, 'GET', `/v1/polls/${pollId}/results`)).json()) as Results,
        ({ final }) => final,
      )
    : { ballots: -1, final: false }
  const shards = (
    (await (
      await asked(facts, 'POST', `/v1/operator/polls/${pollId}/reconcile`, facts.rootKey)
    ).json()) as Audit
  ).shards
  const stored = shards.reduce((sum, { ballotsInBox }) => sum + ballotsInBox, 0)
  return {
    sent,
    accepted: numbers.length,
    unknown: reports.reduce((sum, { answers }) => sum + unknownIn(answers), 0),
    lost: numbers.length - found,
    stored,
    tallied: results.ballots,
    archived: await archivedRows(facts.databaseUrl, pollId, { wanted: stored, timeoutMs: patienceMs }),
    exported: await until(
      () => linesOf(facts, pollId),
      (lines) => lines >= stored,
    ),
    processesKilled,
  }
}

interface Results {
  readonly ballots: number
  readonly final: boolean
}

interface Audit {
  readonly shards: readonly { readonly ballotsInBox: number }[]
}

const unknownIn = (answers: Readonly<Record<string, number>>): number =>
  Object.entries(answers).reduce(
    (sum, [answer, count]) =>
      ['timeout', 'network-error', '503 outcome-unknown'].includes(answer) ? sum + count : sum,
    0,
  )

/** Everybody who heard a yes asks once more, a few at a time; answers how many got the ballot they had cast. */
const castAgain = async ({ url }: DevFacts, pollId: string, numbers: readonly number[]): Promise<number> => {
  const { path, headers } = ballotRequest(pollId)
  const waiting = [...numbers]
  let found = 0
  const lane = async () => {
    for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
      const voter = headers['voter-id']?.replace('{n}', String(number)) ?? ''
      const order = {
        method: 'POST',
        headers: { ...headers, 'voter-id': voter },
        body: ballotBodies[number % ballotBodies.length] ?? '',
      }
      const answer = await until(
        () => fetch(url + path, order),
        ({ status }) => status < 500 && status !== 429,
      )
      await answer.body?.cancel()
      if (answer.headers.get('idempotency-replayed') === 'true') found += 1
    }
  }
  await Promise.all(Array.from({ length: 4 }, lane))
  return found
}

const asked = (
  { url, apiKey }: DevFacts,
  method: string,
  path: string,
  key: string | null = apiKey,
): Promise<Response> =>
  fetch(url + path, { method, headers: { authorization: `Bearer ${key}`, 'cache-control': 'no-cache' } })

const linesOf = async (facts: DevFacts, pollId: string): Promise<number> => {
  const answer = await asked(facts, 'GET', `/v1/polls/${pollId}/export`)
  const text = await answer.text()
  return answer.status === 200 && text.trim() !== '' ? text.trim().split('\n').length : 0
}

/** The first answer that fits, or the last one when time is over. */
const until = async <Value>(ask: () => Promise<Value>, fits: (value: Value) => boolean): Promise<Value> => {
  const untilMs = performance.now() + patienceMs
  for (;;) {
    const value = await ask()
    if (fits(value) || performance.now() > untilMs) return value
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const patienceMs = 120_000
