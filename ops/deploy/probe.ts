// Uses a running edgepoll as its clients do: makes a poll, votes, votes again, reads until every ballot is counted and
// archived, closes it and takes it away. What is said to be safe to repeat is repeated; anything else is a failure.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

export interface ProbeOrder {
  /** Where the API is. */
  readonly url: string
  /** Of a workspace that may make and delete polls; a test key keeps the probe out of everybody's sight. */
  readonly key: string
  /** The version of the edge that must answer; null: whichever. */
  readonly version: string | null
  /** How long each thing may take to come about, ms. */
  readonly patienceMs: number
  /** Between two looks, ms. */
  readonly againMs?: number
  readonly say: (line: string) => void
  /** By which it asks; fetch unless said. */
  readonly send?: (request: Request) => Promise<Response>
}

/** Why a probe failed, as a sentence. */
export class ProbeFailed extends Error {
  override readonly name = 'ProbeFailed'
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: documents of every shape
  readonly body: any
}

const voters = ['ada', 'bob', 'cyd'] as const
/** Two for one, one for the other: a result that ignores an answer, or counts one twice, is another. */
const choices = { ada: 'yes', bob: 'no', cyd: 'yes' } as const
const expected = { yes: 2, no: 1 }

/** @throws ProbeFailed */
export const probe = async (order: ProbeOrder): Promise<void> => {
  await untilAnswers(order)
  const run = randomUUID()
  const made = await settled(order, 'POST', '/v1/polls', {
    headers: { 'Idempotency-Key': run },
    body: pollDraft,
  })
  expectStatus(made, [201], 'making a poll')
  const pollId = String(made.body.id)
  try {
    await vote(order, pollId, run)
    await untilCounted(order, pollId)
    await untilArchived(order, pollId)
    await close(order, pollId)
  } finally {
    const removed = await settled(order, 'DELETE', `/v1/polls/${pollId}`).catch(String)
    if (typeof removed === 'string' || removed.status !== 204)
      order.say(`The probe's poll ${pollId} was left.`)
  }
}

const pollDraft = {
  title: 'Does a ballot come through?',
  questions: [
    {
      id: 'through',
      type: 'choice',
      prompt: 'Does it?',
      options: [
        { id: 'yes', label: 'Yes' },
        { id: 'no', label: 'No' },
      ],
    },
  ],
}

/** A new version reaches every location within seconds; until then an old one may answer, or none. */
const untilAnswers = async (order: ProbeOrder): Promise<void> => {
  const { version, say } = order
  // One that answers once may be one of many.
  for (let inARow = 0; inARow < 3; inARow++) {
    await eventually(
      order,
      version === null ? '/livez passes' : `/livez is answered by ${version}`,
      async () => {
        const { status, body } = await ask(order, 'GET', '/livez')
        const right = status === 200 && (version === null || body.releaseId === version)
        if (!right) inARow = 0
        return right ? null : `${status} ${JSON.stringify(body).slice(0, 200)}`
      },
    )
  }
  await eventually(order, '/readyz passes', async () => {
    const { status, body } = await ask(order, 'GET', '/readyz')
    return status === 200 && body.status === 'pass' ? null : `${status} ${JSON.stringify(body).slice(0, 300)}`
  })
  say('It lives, and what it needs is there.')
}

const vote = async (order: ProbeOrder, pollId: string, run: string): Promise<void> => {
  const cast = (voter: keyof typeof choices, key: string, choice: string) =>
    settled(order, 'POST', `/v1/polls/${pollId}/ballots`, {
      headers: { 'Voter-Id': `${run}-${voter}`, 'Idempotency-Key': `${run}-${key}` },
      body: { answers: { through: choice } },
    })
  for (const voter of voters) {
    const first = await cast(voter, voter, choices[voter])
    // 200: the answer to a try before this one was lost on its way.
    expectStatus(first, [201, 200], 'a ballot')
    const again = await cast(voter, voter, choices[voter])
    expectStatus(again, [200], 'the same ballot again')
    if (again.body.id !== first.body.id)
      throw new ProbeFailed(`The same ballot again is another: ${first.body.id}, ${again.body.id}.`)
    const other = choices[voter] === 'yes' ? 'no' : 'yes'
    expectStatus(await cast(voter, `${voter}-other`, other), [409], 'a second ballot of one voter')
  }
  order.say('Three voted, each once.')
}

const untilCounted = (order: ProbeOrder, pollId: string): Promise<void> =>
  timed(order, 'counted', () =>
    eventually(order, 'all three ballots are in the results', async () => {
      const { status, body } = await ask(order, 'GET', `/v1/polls/${pollId}/results`)
      if (status !== 200) return `${status} ${body.code}`
      if (body.ballots > voters.length) throw new ProbeFailed(`${body.ballots} ballots are in the results.`)
      return body.ballots === voters.length ? wrongIn(body) : `${body.ballots} are`
    }),
  )

const untilArchived = (order: ProbeOrder, pollId: string): Promise<void> =>
  timed(order, 'archived', () =>
    eventually(order, 'all three ballots are in the archive', async () => {
      const { status, headers, body } = await ask(order, 'GET', `/v1/polls/${pollId}/ballots`)
      const share = headers.get('Edgepoll-Archived')
      const whole = status === 200 && share === '3/3' && body.data.length === voters.length
      return whole ? null : `${status}, ${share} are`
    }),
  )

const close = async (order: ProbeOrder, pollId: string): Promise<void> => {
  expectStatus(await settled(order, 'POST', `/v1/polls/${pollId}/close`), [200], 'closing the poll')
  await eventually(order, 'the result is final', async () => {
    const { status, body } = await ask(order, 'GET', `/v1/polls/${pollId}/results`)
    return status === 200 && body.final === true ? wrongIn(body) : `${status}, final: ${body.final}`
  })
  order.say('Closed, and the final result is right.')
}

/** null: the results say what was cast. */
const wrongIn = (results: Answer['body']): null => {
  const options: readonly { readonly id: string; readonly votes: number }[] = results.questions[0].options
  const votes = Object.fromEntries(options.map(({ id, votes: count }) => [id, count]))
  if (results.ballots !== voters.length || votes['yes'] !== expected.yes || votes['no'] !== expected.no)
    throw new ProbeFailed(`The results are ${JSON.stringify(votes)} of ${results.ballots} ballots.`)
  return null
}

const expectStatus = ({ status, body }: Answer, wanted: readonly number[], what: string): void => {
  if (!wanted.includes(status))
    throw new ProbeFailed(`${what}: ${status} ${body?.code ?? ''} instead of ${wanted.join(' or ')}.`)
}

const timed = async (order: ProbeOrder, what: string, work: () => Promise<void>): Promise<void> => {
  const began = performance.now()
  await work()
  order.say(
    `All three are ${what}, ${Math.round(performance.now() - began)} ms after the last was cast or counted.`,
  )
}

/** Asks until `look` answers null; else what it saw instead is said at the end. */
const eventually = async (
  { patienceMs, againMs = 250 }: ProbeOrder,
  what: string,
  look: () => Promise<string | null>,
): Promise<void> => {
  const until = performance.now() + patienceMs
  for (;;) {
    const instead = await look().catch((error: unknown) => {
      if (error instanceof ProbeFailed) throw error
      return reasonOf(error)
    })
    if (instead === null) return
    if (performance.now() > until)
      throw new ProbeFailed(`It did not come about within ${patienceMs / 1_000} s that ${what}: ${instead}.`)
    await pause(againMs)
  }
}

interface Order {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The answer to what may be repeated: a broken connection, 503 and 429 say that it is to be. */
const settled = async (
  order: ProbeOrder,
  method: string,
  path: string,
  request: Order = {},
): Promise<Answer> => {
  let answer: Answer | null = null
  await eventually(order, `${method} ${path} is answered`, async () => {
    const heard = await ask(order, method, path, request)
    if (heard.status === 503 || heard.status === 429) return `${heard.status} ${heard.body?.code}`
    answer = heard
    return null
  })
  if (answer === null) throw new ProbeFailed(`${method} ${path} was not answered.`)
  return answer
}

const ask = async (
  { url, key, send = fetch }: ProbeOrder,
  method: string,
  path: string,
  { headers = {}, body }: Order = {},
): Promise<Answer> => {
  // Voters have no key, and health is asked as a load balancer asks it.
  const owner = path.startsWith('/v1/polls') && !/\/results$|\/ballots$/.test(path)
  const reads = method === 'GET' && path.endsWith('/ballots')
  const request = new Request(new URL(path, url), {
    method,
    headers: {
      ...(owner || reads ? { Authorization: `Bearer ${key}` } : {}),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  })
  const answer = await send(request)
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : parsed(text) }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new ProbeFailed(`That is no JSON: ${text.slice(0, 200)}`)
  }
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error ? cause.message : String(error)
}
