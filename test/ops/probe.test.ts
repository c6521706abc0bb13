// The probe of a deployment: content with the API as it is, and with none that answers everything and does not count.
import { expect, test } from 'vitest'
import { type ProbeOrder, probe } from '../../ops/deploy/probe.ts'
import { anApi, origin } from '../support/api.ts'

type Send = (request: Request) => Promise<Response>

/** The real API in this process, where time passes as somebody looks; between it and the probe whatever a test puts there. */
const aProbe = (between: (send: Send) => Send = (send) => send, but: Partial<ProbeOrder> = {}) => {
  const api = anApi()
  const asked: string[] = []
  const said: string[] = []
  const send: Send = async (request) => {
    const { pathname } = new URL(request.url)
    asked.push(`${request.method} ${pathname}`)
    if (pathname.endsWith('/results')) await api.counting.published()
    if (request.method === 'GET' && pathname.endsWith('/ballots')) await api.counting.archived()
    return api.app.fetch(request)
  }
  const order: ProbeOrder = {
    url: origin,
    key: api.key(),
    version: 'release-of-the-test',
    patienceMs: 400,
    againMs: 5,
    say: (line) => said.push(line),
    send: between(send),
    ...but,
  }
  return { run: () => probe(order), asked, said, api }
}

const isBallot = ({ method, url }: Request) => method === 'POST' && url.endsWith('/ballots')
const isResults = ({ url }: Request) => url.endsWith('/results')
const isArchive = ({ method, url }: Request) => method === 'GET' && url.endsWith('/ballots')

/** Changes what is answered to some requests. */
const answering =
  (which: (request: Request) => boolean, change: (body: string, response: Response) => Response) =>
  (send: Send): Send =>
  async (request) => {
    const response = await send(request.clone())
    return which(request) ? change(await response.text(), response) : response
  }

const withBody =
  (change: (text: string) => string) =>
  (text: string, { status, headers }: Response) =>
    new Response(change(text), { status, headers })

test('the API as it is passes, after nine ballots sent, and its poll is taken away', async () => {
  const { run, asked, said, api } = aProbe(undefined, patient)
  await run()
  expect(asked.filter((each) => /^POST .*\/ballots$/.test(each))).toHaveLength(9)
  expect(asked.at(-1)).toMatch(/^DELETE \/v1\/polls\/poll_/)
  expect([...api.counting.postgres.polls.keys()]).toEqual([])
  expect(said.join('\n')).toMatch(
    /Three voted, each once[\s\S]*counted[\s\S]*archived[\s\S]*final result is right/,
  )
})

const patient = { patienceMs: 20_000 }

test('what is said to be safe to repeat is repeated: 503, and a connection that breaks', async () => {
  let trouble = 0
  const { run } = aProbe(
    (send) => async (request) => {
      if (!isBallot(request) || ++trouble > 4) return send(request)
      if (trouble % 2 === 0) throw new TypeError('fetch failed', { cause: new Error('the connection broke') })
      await send(request) // it was done, and the answer is lost
      return Response.json({ code: 'outcome-unknown' }, { status: 503 })
    },
    patient,
  )
  await run()
  expect(trouble).toBeGreaterThan(4)
})

test.each<[string, (send: Send) => Send, RegExp]>([
  [
    'answers ballots with 500',
    answering(isBallot, () => Response.json({ code: 'unexpected' }, { status: 500 })),
    /a ballot: 500 unexpected/,
  ],
  [
    'gives a repeat another ballot',
    (send) => async (request) => {
      if (!isBallot(request)) return send(request)
      const response = await send(request)
      const text = (await response.text()).replace(/"id":"[^"]*"/, `"id":"bal_${crypto.randomUUID()}"`)
      return new Response(text, response)
    },
    /The same ballot again is another/,
  ],
  [
    'lets a voter vote twice',
    answering(isBallot, (text, response) =>
      response.status === 409
        ? Response.json({ id: 'bal_a' }, { status: 201 })
        : new Response(text, response),
    ),
    /a second ballot of one voter: 201/,
  ],
  [
    'takes ballots and does not count them',
    answering(
      isResults,
      withBody((text) => text.replace(/"ballots":\d+/, '"ballots":0')),
    ),
    /did not come about within 0.4 s that all three ballots are in the results: 0 are/,
  ],
  [
    'counts one twice',
    answering(
      isResults,
      withBody((text) => text.replace(/"ballots":3/, '"ballots":4')),
    ),
    /4 ballots are in the results/,
  ],
  [
    'counts for the wrong option',
    answering(
      isResults,
      withBody((text) =>
        text.replaceAll('"yes"', '"?"').replaceAll('"no"', '"yes"').replaceAll('"?"', '"no"'),
      ),
    ),
    /The results are .*"yes":1/,
  ],
  [
    'does not archive',
    answering(isArchive, (text, { status, headers }) => {
      const behind = new Headers(headers)
      behind.set('Edgepoll-Archived', '2/3')
      return new Response(text, { status, headers: behind })
    }),
    /in the archive: 200, 2\/3 are/,
  ],
  [
    'warns',
    answering(
      ({ url }) => url.endsWith('/readyz'),
      withBody((text) => text.replace('"status":"pass"', '"status":"warn"')),
    ),
    /that \/readyz passes: 200/,
  ],
  [
    'is an older version',
    answering(
      ({ url }) => url.endsWith('/livez'),
      withBody(() => '{"status":"pass","releaseId":"older"}'),
    ),
    /is answered by release-of-the-test: 200 .*older/,
  ],
  [
    'is a page of somebody else',
    answering(
      () => true,
      withBody(() => '<html>'),
    ),
    /That is no JSON: <html>/,
  ],
])('an API that %s does not pass', async (_what, between, reason) => {
  await expect(aProbe(between).run()).rejects.toThrow(reason)
})

test('a probe that fails takes its poll away too', async () => {
  const broken = answering(isBallot, () => Response.json({ code: 'unexpected' }, { status: 500 }))
  const { run, asked } = aProbe(broken)
  await expect(run()).rejects.toThrow()
  expect(asked.at(-1)).toMatch(/^DELETE/)
})
