// What a problem's `type` resolves to: the row of the one table.
import { Hono } from 'hono'
import { type Http, refused } from '../http.ts'
import { type Problem, problems } from '../problems.ts'

export const problemPages = new Hono<Http>().get('/problems/:reason', (c) => {
  const reason = c.req.param('reason')
  const rows: Readonly<Record<string, Problem>> = problems
  const problem = Object.hasOwn(rows, reason) ? rows[reason] : undefined
  if (problem === undefined) return refused(c, { reason: 'not-found' })
  return c.json({ code: reason, ...problem }, 200, { 'Cache-Control': 'public, max-age=3600' })
})
