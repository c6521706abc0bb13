// `npm run retention`: deletes what was kept long enough, as the schedule does every hour; with --dry-run it only says what.
import { Command } from 'commander'
import { call, run, systemOf, systemOptions } from './operator.ts'

interface Step {
  readonly polls: readonly {
    readonly pollId: string
    readonly workspaceId: string
    readonly closedAt: string
  }[]
  readonly failed: number
  readonly nextCursor: string | null
}

interface Batch {
  readonly rows: Readonly<Record<string, number>>
  readonly more: boolean
}

const program = systemOptions(
  new Command('retention')
    .description(
      'Deletes polls that were kept as long as their workspace wants, and old rows. Repeating it is safe.',
    )
    .option('--dry-run', 'only says what would go'),
).action(async (options: { url?: string; rootKey?: string; dryRun?: boolean }) => {
  const system = systemOf(options)
  const dryRun = options.dryRun === true
  let polls = 0
  let failed = 0
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = `dryRun=${dryRun}${cursor === '' ? '' : `&cursor=${cursor}`}`
    const step: Step = await call<Step>(system, 'POST', `/v1/operator/retention/polls?${query}`)
    for (const { pollId, workspaceId, closedAt } of step.polls)
      console.log(`${pollId} of ${workspaceId}, closed ${closedAt}${dryRun ? '' : ': deleted'}`)
    polls += step.polls.length
    failed += step.failed
    cursor = step.nextCursor
  }
  const rows = new Map<string, number>()
  for (let more = true; more; ) {
    const batch = await call<Batch>(system, 'POST', `/v1/operator/retention/rows?dryRun=${dryRun}`)
    for (const [kind, count] of Object.entries(batch.rows)) rows.set(kind, (rows.get(kind) ?? 0) + count)
    more = batch.more && !dryRun // a dry run takes nothing away, and would count the same batch for ever
  }
  for (const [kind, count] of rows) if (count > 0) console.log(`${kind}: ${count} rows`)
  console.log(
    dryRun ? `${polls} polls would be deleted.` : `${polls} polls deleted, ${failed} to be tried again.`,
  )
  if (failed > 0) process.exitCode = 1
})

await run(program)
