// The peer's process: votes as most systems count them, `update counter set n = n + 1` on one row by many clients at
// once, straight into a Postgres of its own; ends with its parent. Words: folder, clients.
import fastify from 'fastify'
import pg from 'pg'
import { startPeerPostgres } from '../peer-postgres.ts'
import type { PeerReady } from '../spawn-peer.ts'

/** What `POST /count?seconds=` answers. */
export interface HotRowReport {
  /** Votes counted, each committed before the next of its client. */
  readonly votes: number
  readonly seconds: number
}

const [folder = '.', clients = '32'] = process.argv.slice(2)
const postgres = await startPeerPostgres(folder)
const voters = Array.from({ length: Number(clients) }, () => new pg.Client(postgres.address))
for (const voter of voters) await voter.connect()
await voters[0]?.query('create table counter (id integer primary key, n bigint not null)')
await voters[0]?.query('insert into counter values (1, 0)')

const count = async (seconds: number): Promise<HotRowReport> => {
  const startMs = performance.now()
  const untilMs = startMs + seconds * 1000
  let votes = 0
  await Promise.all(
    voters.map(async (voter) => {
      while (performance.now() < untilMs) {
        await voter.query({ name: 'vote', text: 'update counter set n = n + 1 where id = 1' })
        votes += 1
      }
    }),
  )
  return { votes, seconds: (performance.now() - startMs) / 1000 }
}

const server = fastify({ logger: false })
server.post<{ Querystring: { seconds: string } }>('/count', ({ query }) => count(Number(query.seconds)))
const origin = await server.listen({ host: '127.0.0.1', port: 0 })

const ready: PeerReady = { origin }
process.send?.(ready)
process.once('disconnect', async () => {
  await server.close()
  for (const voter of voters) await voter.end()
  await postgres.stop()
  process.exit(0)
})
