// The plan that Postgres would choose for a statement whose values nobody knows any more.
import type pg from 'pg'
import type { PlanNode, StatementFacts } from './facts.ts'

/** Within a transaction, which it leaves as it was. Plans only: nothing is carried out. */
export const explained = async (
  client: pg.ClientBase,
  text: string,
): Promise<Pick<StatementFacts, 'plan' | 'unexplained'>> => {
  const statement = parsable(text)
  // Sent as text, as GENERIC_PLAN wants it; and a text of two statements would carry out the second.
  if (/;(?!\s*$)/.test(statement)) return { plan: null, unexplained: 'its text holds a semicolon' }
  await client.query('savepoint plan')
  try {
    const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }] }>(
      `explain (generic_plan, format json) ${statement}`,
    )
    return { plan: rows[0]?.['QUERY PLAN'][0].Plan ?? null, unexplained: null }
  } catch (error) {
    // The type of a value cannot always be told from the text; another role's tables may be closed to this one.
    return { plan: null, unexplained: error instanceof Error ? error.message : String(error) }
  } finally {
    await client.query('rollback to savepoint plan')
  }
}

const typed =
  /\b(interval|date|timestamptz|timestamp(?: with(?:out)? time zone)?|timetz|time(?: with(?:out)? time zone)?|jsonb?|uuid|bytea|text|numeric)\s+(\$\d+)/gi

/** pg_stat_statements puts `$n` for every constant, also where the grammar takes a constant only: `extract('epoch' from …)`
 *  and `interval '1 day'`. The same is said in words that take any value. Comments may hold semicolons; literals are gone. */
export const parsable = (text: string): string =>
  text
    .replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/\bextract\s*\(\s*(\$\d+)\s+from\b/gi, 'pg_catalog."extract"($1::text,')
    .replaceAll(typed, '$2::$1')

/** Every node, outermost first. */
export const nodesOf = (plan: PlanNode): readonly PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
