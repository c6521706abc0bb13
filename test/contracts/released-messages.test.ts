// Messages of released versions on a real Postgres: what boxes of before had put into the queue is archived by today's consumer.
import { expect, test } from 'vitest'
import { archiveBallots } from '../../src/application/archive-ballots.ts'
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import { ballotRecords } from '../../src/archive/ballot-records.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { archivePace } from '../../src/runtime/archive-pace.ts'
import { consumeBallots } from '../../src/runtime/consume-ballots.ts'
import { released } from '../support/envelopes/files.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()

test.each(released())(
  'what boxes of $name sent is archived, and its polls are recorded',
  async ({ said }) => {
    // The session is the same every time, and so are the ids.
    await postgres.query('delete from ballots')
    const database = openDatabase(postgres)
    const clock = { now: () => Date.UTC(2026, 10, 29) }
    const confirmed: string[] = []
    const settled: string[] = []
    const report = () => undefined
    const consume = consumeBallots({
      archiveBallots: archiveBallots({
        ballotRecords: ballotRecords(database),
        ballotBoxes: {
          confirm: async (pollId, shard, first, last) =>
            void confirmed.push(`${pollId}:${shard}:${first}-${last}`),
        },
        clock,
        report,
      }),
      worthRetrying: () => false,
      pace: archivePace(report),
      clock,
      report,
    })
    const polls = said.filter(({ method }) => method === 'recordPoll').map(({ args: [poll] }) => poll as Poll) // as boards sent them
    for (const poll of polls) await pollRecords(database).record(poll, AbortSignal.timeout(20_000))
    const messages = said
      .filter(({ to }) => to === 'queue')
      .map(({ args: [message] }) => message as BallotMessage) // as boxes sent them
    await consume(
      messages.map((body, at) => ({
        id: String(at),
        attempts: 1,
        timestamp: new Date(clock.now()),
        body,
        ack: () => settled.push('archived'),
        retry: () => settled.push('put off'),
      })),
    )

    expect(settled).toEqual(messages.map(() => 'archived'))
    expect(confirmed).toEqual(
      messages.map(({ pollId, shard, first, last }) => `${pollId}:${shard}:${first}-${last}`),
    )
    const ids = [...new Set(messages.flatMap(({ ballots }) => ballots.map(({ id }) => id)))].toSorted()
    const rows = await postgres.query<{ id: string }>('select id from ballots order by id')
    expect(rows.map(({ id }) => id).toSorted()).toEqual(expect.arrayContaining(ids))
    const known = await postgres.query<{ id: string }>('select id from polls')
    expect(known.map(({ id }) => id)).toEqual(expect.arrayContaining(polls.map(({ id }) => id)))
  },
)
