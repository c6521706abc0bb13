// `npm run db:places`: where workspaces' data lies, and which pins keep it in reach before a database is added. Reads only.
import { Command } from 'commander'
import pg from 'pg'
import { Complaint, postgresUnreachable } from '../dev/complaint.ts'
import { accountOf } from '../src/application/tenant.ts'
import { routeOf } from '../src/archive/route.ts'
import { readDatabases } from '../src/runtime/database-config.ts'
import { run } from './operator.ts'

/** Tenants that have polls, or have used anything: from the index, one step a tenant. */
const tenantsOf = (table: 'polls' | 'usage') => `
  with recursive tenant as (
    (select workspace_id from ${table} order by workspace_id limit 1)
    union all
    select (select workspace_id from ${table} where workspace_id > tenant.workspace_id order by workspace_id limit 1)
    from tenant where tenant.workspace_id is not null
  )
  select workspace_id from tenant where workspace_id is not null`

const workspacesAt = async (url: string): Promise<ReadonlySet<string>> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect().catch((error: Error) => {
    throw postgresUnreachable(url, error.message || error.name)
  })
  try {
    const { rows } = await client.query<{ workspace_id: string }>(
      `(${tenantsOf('polls')}) union (${tenantsOf('usage')})`,
    )
    return new Set(rows.map(({ workspace_id }) => accountOf(workspace_id)))
  } finally {
    await client.end().catch(() => undefined)
  }
}

const readEnvironment = () => {
  try {
    return readDatabases(process.env)
  } catch (error) {
    throw new Complaint(`${error instanceof Error ? error.message : String(error)}.`)
  }
}

const program = new Command('db-places')
  .description(
    'Says which workspaces lie where, by DATABASE_URL, DATABASE_URLS and DATABASE_PINS, and fails where one would be looked for elsewhere.',
  )
  .action(async () => {
    const { urls, pins } = readEnvironment()
    const names = Object.keys(urls)
    const places = new Map<string, string[]>()
    for (const [name, url] of Object.entries(urls)) {
      const here = await workspacesAt(url)
      console.log(`${name}: ${here.size} workspaces`)
      for (const workspaceId of here) places.set(workspaceId, [...(places.get(workspaceId) ?? []), name])
    }
    const needed: Record<string, string> = {}
    for (const [workspaceId, where] of [...places].sort()) {
      const route = routeOf(workspaceId, names, pins)
      const [first = '', ...more] = where
      if (more.length > 0)
        console.log(`${workspaceId} lies in ${where.join(' and ')}; only what is in ${route} is seen`)
      else if (first !== route) {
        console.log(`${workspaceId} lies in ${first}, and would be looked for in ${route}`)
        needed[workspaceId] = first
      } else continue
      process.exitCode = 1
    }
    if (Object.keys(needed).length > 0)
      console.log(`\nTo keep them where they lie:\nDATABASE_PINS=${JSON.stringify({ ...pins, ...needed })}`)
    else if (process.exitCode !== 1) console.log('Every workspace lies where it is looked for.')
  })

await run(program)
