// The report knows and explains every statement of the archive, of those that a database has carried out.
import { beforeAll, describe, expect, test } from 'vitest'
import { parsable } from '../../ops/db-report/explain.ts'
import type { StatementFacts } from '../../ops/db-report/facts.ts'
import { lookAt } from '../../ops/db-report/look.ts'
import { withPostgres } from '../support/postgres.ts'
import { unansweringDatabase } from './query-law/explaining-database.ts'
import { laws } from './query-law/methods.ts'

const postgres = withPostgres()
/** As Postgres counts them: by number, whatever their constants are. */
const asked = new Set<string>()
let listed: readonly StatementFacts[] = []

beforeAll(async () => {
  await postgres.query(
    `insert into workspaces (id, name, plan, created_at) values ('ws_1', 'w', 'pro', now())`, // whose keys are added
  )
  const database = unansweringDatabase(postgres, async (client, text, values) => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (verbose) ${text}`, values)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    asked.add(/Query Identifier: (-?\d+)/.exec(plan)?.[1] ?? text)
    await client.query(text, values)
  })
  for (const { ask } of Object.values(laws)) await ask(database, AbortSignal.timeout(30_000))
  listed = (await postgres.session((client) => lookAt(client, 10_000))).statements ?? []
})

describe('of the statements of every repository', () => {
  test('each is listed, also one that calls a function of Postgres', async () => {
    const known = await postgres.query<{ id: string; text: string }>(
      'select distinct queryid::text as id, query as text from pg_stat_statements where queryid = any ($1)',
      [[...asked]],
    )
    expect(known).toHaveLength(asked.size)
    const texts = new Set(listed.map(({ text }) => text))
    expect(known.filter(({ text }) => !texts.has(text))).toEqual([])
    expect(known.some(({ text }) => /alone as materialized.+pg_advisory_xact_lock/.test(text))).toBe(true)
  })

  test('each is explained', () => {
    const unexplained = listed.filter(({ plan }) => plan === null)
    expect(unexplained.map((statement) => `${statement.unexplained}: ${statement.text}`)).toEqual([])
  })

  test('none is about the catalogue', () => {
    expect(listed.filter(({ text }) => /pg_(stat|class|database|index)/.test(text))).toEqual([])
  })
})

describe('a text whose constants are gone', () => {
  test('is made to parse again without a change to what it says', async () => {
    const both = [
      [`extract('epoch' from now())`, 'Extract ( $1 FROM now())', ['epoch']],
      [`interval '90 minutes' * 2`, 'interval $1 * $2::integer', ['90 minutes', 2]],
      [
        `timestamp with time zone '2026-01-01' - interval '1 day'`,
        'timestamp with time zone $1 - interval $2',
        ['2026-01-01', '1 day'],
      ],
      [
        `timestamptz '2026-01-01' at time zone 'UTC'`,
        'timestamptz $1 at time zone $2',
        ['2026-01-01', 'UTC'],
      ],
      [`date '2026-01-01' + 1 /* a; b */`, 'date $1 + $2::integer /* a; b */ -- c; d', ['2026-01-01', 1]],
    ] as const
    await postgres.session(async (client) => {
      await client.query('begin') // `now()` stands still
      for (const [written, normalised, values] of both) {
        const [before, after] = [
          await client.query(`select ${written} as it, pg_typeof(${written})`),
          await client.query(
            parsable(`select x as it, pg_typeof(x) from (select ${normalised}\n) as y (x)`),
            [...values],
          ),
        ]
        expect(after.rows, normalised).toEqual(before.rows)
      }
    })
  })
})
