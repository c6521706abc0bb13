// Casting an election against a server that loses answers, is overloaded, or says no: each ballot once, whatever happens.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type CastPlan, castAll } from '../../bench/replay/cast-all.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, again: boolean) => void

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that remembers every voter it has counted, and answers as it is told. */
const ballotBox = async (answer: Answer) => {
  const counted = new Map<string, number>()
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const voter = String(request.headers['voter-id'])
      const again = counted.has(voter)
      counted.set(voter, (counted.get(voter) ?? 0) + 1)
      answer(request, response, again)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { counted, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } // a TCP server's
}

const planFor = (origin: string, changes: Partial<CastPlan> = {}): CastPlan => ({
  origin: () => origin,
  pollId: 'poll_1',
  runId: 'run',
  count: 60,
  bodyOf: () => '{}',
  from: 0,
  concurrency: 8,
  patienceMs: 60_000,
  ...changes,
})

const quiet = { acknowledged: () => undefined, waiting: () => undefined }
const yes = (response: ServerResponse, again: boolean): void => {
  response.writeHead(again ? 200 : 201, again ? { 'idempotency-replayed': 'true' } : {}).end('{}')
}
const no = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ code }))
}

describe('casting all ballots', () => {
  it('sends a ballot whose answer was lost again with the same keys, and takes the replay as its answer', async () => {
    let lost = 0
    const { origin, counted } = await ballotBox((request, response, again) => {
      if (!again && lost++ % 5 === 0) request.socket.destroy()
      else yes(response, again)
    })
    const report = await castAll(planFor(origin), quiet)
    expect(counted.size).toBe(60)
    expect(report.refused).toEqual([])
    expect(report.answers).toEqual({ '201': 48, replay: 12, 'network-error': 12 })
  })

  it('tries again when it is told "not now"', async () => {
    const { origin } = await ballotBox((_, response, again) =>
      again ? yes(response, true) : no(response, 503, 'overloaded'),
    )
    const report = await castAll(planFor(origin), quiet)
    expect(report.answers).toEqual({ '503 overloaded': 60, replay: 60 })
  })

  it('does not repeat a no, and names the ballot', async () => {
    const { origin, counted } = await ballotBox((request, response, again) =>
      String(request.headers['voter-id']).endsWith('7')
        ? no(response, 409, 'already-voted')
        : yes(response, again),
    )
    const report = await castAll(planFor(origin), quiet)
    expect(report.refused.map(({ ballot }) => ballot).sort()).toEqual([17, 27, 37, 47, 57, 7])
    expect([...counted.values()].every((times) => times === 1)).toBe(true)
  })

  it('stops when everything is refused', async () => {
    const { origin, counted } = await ballotBox((_, response) => no(response, 422, 'ballot-invalid'))
    await expect(castAll(planFor(origin), quiet)).rejects.toThrow(/refuses these ballots: 422 ballot-invalid/)
    expect(counted.size).toBeLessThan(60)
  })

  it('stops when its patience is over, and says how to go on', async () => {
    const { origin } = await ballotBox((request) => request.socket.destroy())
    await expect(castAll(planFor(origin, { patienceMs: 100 }), quiet)).rejects.toThrow(/--resume goes on/)
  })

  it('goes on from the first ballot that is not acknowledged, and reports how far there is no gap', async () => {
    const { origin, counted } = await ballotBox((_, response, again) => yes(response, again))
    let last = [0, 0]
    const acknowledged = (total: number, upTo: number): void => {
      last = [total, upTo]
    }
    await castAll(planFor(origin, { from: 50 }), { ...quiet, acknowledged })
    expect(counted.size).toBe(10)
    expect(last).toEqual([60, 60])
  })

  it('follows the server to another address', async () => {
    const { origin } = await ballotBox((_, response, again) => yes(response, again))
    const origins = ['http://127.0.0.1:1', 'http://127.0.0.1:1', origin]
    const report = await castAll(
      planFor('', {
        count: 1,
        concurrency: 1,
        origin: () => (origins.length > 1 ? origins.shift() : origins[0]) ?? '',
      }),
      quiet,
    )
    expect(report.answers['201']).toBe(1)
  })
})
