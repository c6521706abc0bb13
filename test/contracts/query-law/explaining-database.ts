// Databases that look at each statement as it really runs, in a transaction that is taken back, and answer no rows.
import type { NeonQueryFunction } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import type pg from 'pg'
import type { Database } from '../../../src/archive/database.ts'
import type { TestPostgres } from '../../support/postgres.ts'

export interface Explained {
  readonly text: string
  readonly plan: Node
}

/** As EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) names things. */
export interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly 'Recheck Cond'?: string
  readonly Filter?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly 'Sort Space Type'?: string
  readonly 'Temp Written Blocks'?: number
  readonly Plans?: readonly Node[]
}

export const explainingDatabase = (postgres: TestPostgres, explained: Explained[]): Database =>
  unansweringDatabase(postgres, async (client, text, values) => {
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values)
    explained.push({ text, plan: rows[0]['QUERY PLAN'][0].Plan as Node }) // as the type above says
  })

/** Takes back whatever `look` does with a statement, and answers no rows. */
export const unansweringDatabase = (
  postgres: TestPostgres,
  look: (client: pg.ClientBase, text: string, values: unknown[]) => Promise<unknown>,
): Database => {
  const query = async (text: string, values: unknown[]) => {
    await postgres.session(async (client) => {
      await client.query('begin')
      await look(client, text, values)
      await client.query('rollback')
    })
    // A removal repeats itself until it is told that it is done.
    const rows = /\bas done\s*$/.test(text) ? [{ done: true }] : []
    return { fields: [], rows, rowCount: rows.length, rowAsArray: false, command: '' }
  }
  // All that drizzle uses of the driver's client.
  const transaction = (queries: readonly Promise<unknown>[]) => Promise.all(queries)
  const client = { query, transaction } as unknown as NeonQueryFunction<false, false>
  return { run: (statement) => Promise.resolve(statement(drizzle({ client }))) }
}

/** Every node, outermost first. */
export const nodesOf = (plan: Node): readonly Node[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** Rows that came out of tables and indexes, those that were looked at in vain included. */
export const rowsRead = (plan: Node): number =>
  nodesOf(plan)
    .filter((node) => /Scan$/.test(node['Node Type']) && node['Relation Name'] !== undefined)
    .reduce(
      (sum, node) =>
        sum +
        node['Actual Loops'] *
          (node['Actual Rows'] +
            (node['Rows Removed by Filter'] ?? 0) +
            (node['Rows Removed by Index Recheck'] ?? 0)),
      0,
    )
