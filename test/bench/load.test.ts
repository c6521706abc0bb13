// The load generator: arrivals anyone can repeat, answers counted by class, latency from the intended time, this machine only.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { acceptedIn, classOfAnswer, classOfFailure, problemCodeOf } from '../../bench/load/answer-class.ts'
import { poissonArrivals } from '../../bench/load/arrivals.ts'
import { generate } from '../../bench/load/generate.ts'
import { requireLoopback } from '../../bench/load/loopback.ts'
import type { LoadPlan } from '../../bench/load/plan.ts'
import { requestsOf } from '../../bench/load/requests.ts'
import { closedLoop } from '../../bench/load/run-load.ts'
import { seededRandom, shuffled } from '../../bench/load/seeded-random.ts'
import { loadTallies } from '../../bench/load/tallies.ts'

describe('arrivals', () => {
  const take = (count: number, seed: number, perSecond = 1000): number[] => {
    const arrivals = poissonArrivals(perSecond, seededRandom(seed))
    return Array.from({ length: count }, () => arrivals.next().value)
  }

  it('are the same for the same seed, and others for another', () => {
    expect(take(100, 7)).toEqual(take(100, 7))
    expect(take(100, 7)).not.toEqual(take(100, 8))
  })

  it('have the mean gap of their rate, and its deviation is as large, as it is for a Poisson process', () => {
    const times = take(100_000, 1, 500)
    const gaps = times.map((time, index) => time - (times[index - 1] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    expect(mean).toBeGreaterThan(1.98)
    expect(mean).toBeLessThan(2.02)
    expect(deviation / mean).toBeGreaterThan(0.98)
    expect(deviation / mean).toBeLessThan(1.02)
  })

  it('never run back', () => {
    const times = take(10_000, 3)
    expect(times.every((time, index) => time >= (times[index - 1] ?? 0))).toBe(true)
  })

  it('refuse a rate that is none', () => {
    expect(() => poissonArrivals(0, seededRandom(1)).next()).toThrow(RangeError)
  })
})

describe('seeded chance', () => {
  it('is spread evenly over [0, 1)', () => {
    const random = seededRandom('even')
    const tenths = Array<number>(10).fill(0)
    for (let draw = 0; draw < 100_000; draw++) {
      const tenth = Math.floor(random() * 10)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400)
  })

  it('shuffles without losing anyone', () => {
    const members = Array.from({ length: 500 }, (_, index) => index)
    const mixed = shuffled(members, seededRandom(1))
    expect(mixed).not.toEqual(members)
    expect(mixed.toSorted((left, right) => left - right)).toEqual(members)
  })
})

describe('the loopback guard', () => {
  it.each(['http://127.0.0.1:8787', 'http://localhost:1', 'http://[::1]:8787', 'http://127.9.9.9'])(
    'lets %s pass',
    (target) => {
      expect(requireLoopback(target).protocol).toBe('http:')
    },
  )

  it.each([
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1@example.com',
    'http://10.0.0.1',
    'http://0.0.0.0:8787',
    'https://127.0.0.1',
    'file:///etc/passwd',
    'nonsense',
  ])('refuses %s', (target) => {
    expect(() => requireLoopback(target)).toThrow(/this machine|not a URL/)
  })
})

describe('answer classes', () => {
  it('tell fresh yeses, replays, refusals by their code, timeouts and lost connections apart', () => {
    expect(classOfAnswer({ status: 201, replayed: false }, null)).toBe('201')
    expect(classOfAnswer({ status: 200, replayed: true }, null)).toBe('replay')
    expect(classOfAnswer({ status: 409, replayed: false }, 'already-voted')).toBe('409 already-voted')
    expect(classOfAnswer({ status: 503, replayed: false }, null)).toBe('503')
    expect(classOfFailure(Object.assign(new Error(), { code: 'UND_ERR_HEADERS_TIMEOUT' }))).toBe('timeout')
    expect(classOfFailure(Object.assign(new Error(), { code: 'ECONNRESET' }))).toBe('network-error')
  })

  it('read the code of a problem document and of nothing else', () => {
    expect(problemCodeOf('application/problem+json; charset=utf-8', '{"code":"overloaded"}')).toBe(
      'overloaded',
    )
    expect(problemCodeOf('application/json', '{"code":"overloaded"}')).toBeNull()
    expect(problemCodeOf('application/problem+json', '<html>')).toBeNull()
  })

  it('count fresh yeses and replays as accepted, and nothing else', () => {
    expect(acceptedIn({ '201': 3, '200': 1, replay: 2, '409 already-voted': 9, '503': 9, timeout: 9 })).toBe(
      6,
    )
  })
})

describe('requests', () => {
  it('carry their number in path and headers and take the bodies in turn', () => {
    const request = requestsOf({
      method: 'POST',
      path: '/a/{n}',
      headers: { 'voter-id': 'v-{n}', accept: 'x' },
      bodies: ['{"a":0}', '{"a":1}'],
    })(7)
    expect(request.path).toBe('/a/7')
    expect(request.headers).toEqual(['voter-id', 'v-7', 'accept', 'x'])
    expect(request.body?.toString()).toBe('{"a":1}')
  })
})

describe('tallies', () => {
  it('measure latency from the intended time, and keep slow answers that come after the window', () => {
    const tallies = loadTallies({ warmUpSeconds: 1, seconds: 1 })
    tallies.sent(500, 500) // before the window
    tallies.sent(1500, 1510)
    tallies.answered('201', 500, 1200, 0)
    tallies.answered('201', 1500, 2600, 1)
    const report = tallies.report(2600)
    expect(report.sent).toBe(2)
    expect(report.answers).toEqual({ '201': 2 })
    expect(report.window).toEqual({ seconds: 1, answers: { '201': 1 }, inTime: { '201': 1 } })
    expect(report.accepted).toEqual([])
    expect(report.latency['201']?.count).toBe(1)
    expect(report.latency['201']?.maxMs).toBeCloseTo(1100, -1)
    expect(report.lateness.maxMs).toBeCloseTo(10, 1)
  })
})

describe('patience', () => {
  it('tells answers of use from those that came too late, by the intended time', () => {
    const plan = { warmUpSeconds: 0, seconds: 1, patienceMs: 200, namesAccepted: true }
    const tallies = loadTallies(plan)
    for (const intended of [100, 200, 300]) tallies.sent(intended, intended + 150)
    tallies.answered('201', 100, 300, 7)
    tallies.answered('201', 200, 401, 8)
    tallies.answered('503 overloaded', 300, 310, 9)
    const { window, accepted } = tallies.report(1_000)
    expect(window.answers).toEqual({ '201': 2, '503 overloaded': 1 })
    expect(window.inTime).toEqual({ '201': 1, '503 overloaded': 1 })
    expect(accepted).toEqual([7, 8])
  })
})

describe('the generator', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  const originOf = async (answer: (number: number) => number | 'hang' | 'hang up'): Promise<string> => {
    let number = 0
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const status = answer(number++)
        if (status === 'hang up') request.socket.destroy()
        else if (status !== 'hang') response.writeHead(status).end()
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's
  }
  const planFor = (origin: string, changes: Partial<LoadPlan>): LoadPlan => ({
    ...closedLoop({ origin, seconds: 60, request: { method: 'GET', path: '/{n}', headers: {}, bodies: [] } }),
    warmUpSeconds: 0,
    ...changes,
  })
  const quiet = { windowOpened: () => undefined, windowClosed: () => undefined }

  it('sends exactly as many requests as it may and counts each answer once', async () => {
    const origin = await originOf((number) => (number % 4 === 0 ? 'hang up' : number % 4 === 1 ? 404 : 201))
    const report = await generate(planFor(origin, { maxRequests: 200, connections: 8 }), quiet)
    expect(report.sent).toBe(200)
    expect(report.answers).toEqual({ '201': 100, '404': 50, 'network-error': 50 })
    expect(report.mostInFlight).toBeLessThanOrEqual(64)
  })

  it('in the open loop never has more in flight than it may, and says how many arrivals it left out', async () => {
    const origin = await originOf(() => 'hang')
    const pace = { kind: 'open', perSecond: 2000, seed: 1, maxInFlight: 5 } as const
    const report = await generate(
      planFor(origin, { pace, connections: 5, seconds: 0.25, timeoutMs: 200 }),
      quiet,
    )
    expect(report.mostInFlight).toBe(5)
    expect(report.capped).toBeGreaterThan(0)
    expect(Object.keys(report.answers)).toEqual(['timeout'])
  })
})
