// `npm run reconcile`: compares every ballot box with Postgres and says what differed; what did is sent again.
import { Command } from 'commander'
import type { PollAudit } from '../src/application/audit-poll.ts'
import { call, run, systemOf, systemOptions } from './operator.ts'

interface PollIds {
  readonly pollIds: readonly string[]
  readonly next: string | null
}

const program = systemOptions(
  new Command('reconcile')
    .description('Compares ballot boxes and Postgres, ballot by ballot. Exits 1 when something differed.')
    .argument('[polls...]', 'poll ids; default: all'),
).action(async (given: string[], options: { url?: string; rootKey?: string }) => {
  const system = systemOf(options)
  const totals = { equal: 0, behind: 0, differs: 0 }
  for await (const pollId of given.length > 0 ? given : everyPoll(system)) {
    const { shards, rollups } = await call<PollAudit>(
      system,
      'POST',
      `/v1/operator/polls/${pollId}/reconcile`,
    )
    if (rollups === 'recounted')
      console.log(`${pollId}: what is counted for timelines and breakdowns was counted anew`)
    for (const { verdict } of shards) totals[verdict]++
    for (const shard of shards.filter(({ verdict }) => verdict !== 'equal'))
      console.log(
        `${pollId} shard ${shard.shard}: ${shard.verdict}, ${shard.ballotsInBox} in the box, ` +
          `${shard.ballotsInPostgres} in Postgres, log ${shard.archived} of ${shard.seq} archived`,
      )
  }
  console.log(
    `${totals.equal} shards equal, ${totals.behind} behind, ${totals.differs} differing and sent again`,
  )
  if (totals.differs > 0) process.exitCode = 1
})

async function* everyPoll(system: ReturnType<typeof systemOf>): AsyncIterable<string> {
  let after: string | null = ''
  while (after !== null) {
    const page: PollIds = await call<PollIds>(system, 'GET', `/v1/operator/polls?after=${after}`)
    yield* page.pollIds
    after = page.next
  }
}

await run(program)
