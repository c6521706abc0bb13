// The crash test: two hundred voters at once, the whole stack killed three times in the middle of it, and every ballot
// counted exactly once in the end.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom, shuffled } from '../../bench/load/seeded-random.ts'
import type { DevFacts } from '../../dev/dev-file.ts'
import { seed } from '../laws/seed.ts'
import { clientOf, eventually, type SystemClient } from './client.ts'
import { type CrashableStack, crashableStack } from './crashable-stack.ts'

const voters = 1_500
const lanes = 200
const kills = 3
/** The stack itself, the runtime and its host, Postgres, Redis. */
const leastProcesses = 5
/** A kill must hit this many casts that nobody has answered yet. */
const unansweredAtKill = 50

const random = seededRandom(seed)
const options = ['pizza', 'sushi', 'ramen'] as const
type Choice = (typeof options)[number]
const anOption = (): Choice => options[Math.floor(random() * options.length)] ?? 'pizza'

/** What one voter means to do. A tenth tries to vote twice, a tenth sends everything twice without being asked to. */
interface Plan {
  readonly voter: string
  readonly choice: Choice
  readonly second: Choice | null
  readonly repeats: boolean
}

const plans: readonly Plan[] = Array.from({ length: voters }, (_, at) => {
  const choice = anOption()
  return {
    voter: `voter-${String(at).padStart(10, '0')}`,
    choice,
    second: at % 10 === 3 ? (options.find((each) => each !== choice) ?? null) : null,
    repeats: at % 10 === 7,
  }
})

/** One request of a voter: sent again under the same key until somebody answers. */
interface Cast {
  readonly voter: string
  readonly key: string
  readonly choice: Choice
}

/** What was heard of a cast: every answer to it, in order. */
interface Heard {
  readonly status: number
  readonly code: string | undefined
  readonly body: {
    readonly id: string
    readonly castAt: string
    readonly revision: number
    readonly receipt: string
  }
}

const heard = new Map<string, Heard[]>()
const unknown = new Set<string>()
let answered = 0
let underWay = 0
let stack: CrashableStack
let facts: DevFacts
let client: SystemClient
let pollId = ''
/** Resolves when the stack is up; another promise while it is not. */
let up: Promise<void> = Promise.resolve()

beforeAll(async () => {
  console.log(`crash test with EDGEPOLL_SEED=${seed}`)
  stack = await crashableStack({ count: { RESEND_AFTER_MS: '2000' } })
  facts = await stack.start()
  client = clientOf(facts.url)
  const question = {
    id: 'where',
    type: 'choice',
    prompt: 'Where?',
    options: options.map((id) => ({ id, label: id })),
  }
  const made = await client.ask('POST', '/v1/polls', {
    key: facts.apiKey ?? '',
    body: { title: 'Crash', questions: [question] },
  })
  pollId = made.json.id
}, 120_000)

afterAll(async () => {
  await client?.close()
  await stack?.remove()
}, 60_000)

test('accepted = counted = archived, exactly, through three power cuts', async () => {
  const power = cutThePower()
  await voteAll()
  const cuts = await power

  expect(cuts).toHaveLength(kills)
  for (const { unanswered, processes } of cuts) {
    console.log(`killed ${processes} processes with ${unanswered} casts unanswered`)
    expect(unanswered).toBeGreaterThanOrEqual(unansweredAtKill)
    expect(processes).toBeGreaterThanOrEqual(leastProcesses)
  }
  console.log(`${unknown.size} casts had an unknown outcome once`)
  expect(unknown.size).toBeGreaterThan(0)

  const accepted = expectOneBallotEach()
  await expectCounted(accepted)
  await expectArchived(accepted)
  await expectSameAnswers()
  await expectFinal(accepted)
}, 240_000)

/** Kills everything at three moments chosen by the seed, and starts it again. */
const cutThePower = async (): Promise<{ unanswered: number; processes: number }[]> => {
  const cuts: { unanswered: number; processes: number }[] = []
  for (let kill = 0; kill < kills; kill++) {
    const share = (kill + 0.4 + 0.5 * random()) / (kills + 0.5)
    const moment = Math.floor(voters * share)
    await eventually(
      async () => answered >= moment && underWay >= unansweredAtKill,
      (reached) => reached,
      60_000,
    )
    const { promise, resolve } = Promise.withResolvers<void>()
    up = promise
    const unanswered = underWay
    cuts.push({ unanswered, processes: await stack.kill() })
    facts = await stack.start()
    resolve()
  }
  return cuts
}

const voteAll = async (): Promise<void> => {
  const queue = [...shuffled(plans, random)]
  const lane = async (): Promise<void> => {
    for (let plan = queue.pop(); plan !== undefined; plan = queue.pop()) await carryOut(plan)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

const carryOut = async ({ voter, choice, second, repeats }: Plan): Promise<void> => {
  const first: Cast = { voter, key: `${voter}-first`, choice }
  if (second === null) {
    await send(first)
    if (repeats) await send(first)
    return
  }
  // Both at once: whichever the box meets first is the ballot, and the other is refused.
  await Promise.all([send(first), send({ voter, key: `${voter}-second`, choice: second })])
}

/** Sends a cast until it is answered. What breaks off or is said to be unknown is sent again under the same key. */
const send = async (cast: Cast): Promise<Heard> => {
  for (;;) {
    await up
    underWay++
    const answer = await castNow(cast).catch(() => null)
    underWay--
    if (answer === null || answer.status === 503) {
      unknown.add(cast.key)
      continue
    }
    answered++
    heard.set(cast.key, [...(heard.get(cast.key) ?? []), answer])
    return answer
  }
}

const castNow = async ({ voter, key, choice }: Cast): Promise<Heard> => {
  const answer = await client.ask('POST', `/v1/polls/${pollId}/ballots`, {
    headers: { 'Voter-Id': voter, 'Idempotency-Key': key },
    body: { answers: { where: [choice] } },
  })
  const { code, ...body } = answer.json
  return { status: answer.status, code, body }
}

interface Accepted {
  readonly id: string
  readonly choice: Choice
}

/** Every voter has one ballot, and nobody heard anything else than that it was taken, or that they had voted. */
const expectOneBallotEach = (): ReadonlyMap<string, Accepted> => {
  const accepted = new Map<string, Accepted>()
  for (const { voter, choice, second } of plans) {
    const casts = [
      { choice, heard: heard.get(`${voter}-first`) ?? [] },
      ...(second === null ? [] : [{ choice: second, heard: heard.get(`${voter}-second`) ?? [] }]),
    ]
    const taken = casts.filter((cast) => cast.heard.some(({ status }) => status === 200 || status === 201))
    expect([voter, taken.length]).toEqual([voter, 1])
    for (const cast of casts) {
      expect(cast.heard.length).toBeGreaterThan(0)
      if (!taken.includes(cast))
        expect(cast.heard.map(({ status, code }) => [status, code])).toEqual([[409, 'already-voted']])
    }
    const [one] = taken
    const id = one?.heard[0]?.body.id
    if (one === undefined || id === undefined) throw new Error(`${voter} has no ballot`)
    accepted.set(voter, { id, choice: one.choice })
  }
  return accepted
}

const expectCounted = async (accepted: ReadonlyMap<string, Accepted>): Promise<void> => {
  const expected = Object.fromEntries(
    options.map((id) => [id, [...accepted.values()].filter(({ choice }) => choice === id).length]),
  )
  const results = await eventually(
    async () => (await client.ask('GET', `/v1/polls/${pollId}/results`)).json,
    ({ ballots }) => ballots >= voters,
  )
  expect(results.ballots).toBe(voters)
  const votes = results.questions[0].options.map(({ id, votes }: { id: string; votes: number }) => [
    id,
    votes,
  ])
  expect(Object.fromEntries(votes)).toEqual(expected)
}

const expectArchived = async (accepted: ReadonlyMap<string, Accepted>): Promise<void> => {
  const postgres = new pg.Client({ connectionString: facts.databaseUrl })
  await postgres.connect()
  try {
    const rows = await eventually(
      async () =>
        (
          await postgres.query<{ id: string; choice: string; revision: number }>(
            `select id, answers -> 'where' ->> 0 as choice, revision from ballots where poll_id = $1 order by id`,
            [pollId],
          )
        ).rows,
      ({ length }) => length >= voters,
    )
    const expected = [...accepted.values()]
      .map(({ id, choice }) => ({ id, choice, revision: 1 }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    expect(rows.toSorted((one, other) => (one.id < other.id ? -1 : 1))).toEqual(expected)
  } finally {
    await postgres.end()
  }
}

/** Whoever asks again, long after, hears what they heard first. */
const expectSameAnswers = async (): Promise<void> => {
  for (const { voter, choice } of plans.filter((_plan, at) => at % 5 === 0)) {
    const key = `${voter}-first`
    const [first] = heard.get(key) ?? []
    const again = await castNow({ voter, key, choice })
    expect([again.status, again.body]).toEqual([first?.status === 409 ? 409 : 200, expect.anything()])
    if (first?.status !== 409) expect(again.body).toEqual(first?.body)
  }
  for (const answers of heard.values())
    for (const each of answers) if (each.status !== 409) expect(each.body).toEqual(answers[0]?.body)
}

/** Closing changes nothing but that nothing comes after: the final result and the export say the same. */
const expectFinal = async (accepted: ReadonlyMap<string, Accepted>): Promise<void> => {
  const key = facts.apiKey ?? ''
  const before = (await client.ask('GET', `/v1/polls/${pollId}/results`)).json
  const closed = await client.ask('POST', `/v1/polls/${pollId}/close`, { key })
  expect([closed.status, closed.json.final]).toEqual([200, true])
  const final = (
    await client.ask('GET', `/v1/polls/${pollId}/results`, { key, headers: { 'Cache-Control': 'no-cache' } })
  ).json
  expect(final).toMatchObject({ final: true, ballots: voters, questions: before.questions })
  const exported = await client.ask('GET', `/v1/polls/${pollId}/export`, { key })
  const rows: { id: string }[] = exported.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows.map(({ id }) => id).toSorted()).toEqual([...accepted.values()].map(({ id }) => id).toSorted())
}
