// Results over time and by country, as the poll's owner reads them from the archive.
import { type Context, Hono } from 'hono'
import type { ArchivedShare } from '../../application/archived-share.ts'
import { type Interval, intervals } from '../../application/rollups.ts'
import { byCountry, byOption } from '../../representation/breakdown-document.ts'
import { answer } from '../answer.ts'
import { keyed } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { ownedPoll } from '../owned-poll.ts'
import { type ListTerms, pageAsked, pageEnd } from '../page-asked.ts'
import { onlyParameters } from '../query.ts'

const timelineList: ListTerms = { name: 'timeline', place: /^\d{1,15}$/, most: 1_000, usual: 100 }
/** The last moment that is written with four digits of a year. */
const endOfTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

export const rollups = new Hono<Http>()
  .get('/:pollId/results/timeline', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'results:read')
    if (!owned.ok) return refused(c, owned.refusal)
    const asked = pageAsked(c, timelineList, ['interval', 'from', 'to'])
    if (!asked.ok) return refused(c, asked.refusal)
    const { interval: word = 'hour', from: fromText, to: toText } = c.req.query()
    const interval = intervals.find((each) => each === word)
    if (interval === undefined)
      return refused(c, {
        reason: 'query-invalid',
        detail: `\`interval\` must be one of ${intervals.join(', ')}.`,
      })
    const from = timeOf(fromText, 0)
    const to = timeOf(toText, endOfTime)
    if (from === null || to === null)
      return refused(c, { reason: 'query-invalid', detail: '`from` and `to` must be times of RFC 3339.' })
    const { limit, after } = asked.value
    const found = await c.get('services').readTimeline(
      {
        ...owned.value,
        ...{ interval, limit, asksShare: after === null },
        from: after === null ? beginning(from, interval) : Number(after),
        to: beginning(to, interval),
      },
      signalOf(c),
    )
    if (!found.ok) return refused(c, found.refusal)
    const { points, next, share } = found.value
    const { nextCursor, headers } = pageEnd(c, timelineList, next === null ? null : String(next))
    const data = points.map(({ at, ballots }) => ({ at: new Date(at).toISOString(), ballots }))
    return answer(c, { ...head(c), interval, data, nextCursor }, 200, { ...headers, ...archivedOf(share) })
  })

  .get('/:pollId/results/breakdown', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'results:read')
    if (!owned.ok) return refused(c, owned.refusal)
    const parameters = onlyParameters(c, ['by'])
    if (!parameters.ok) return refused(c, parameters.refusal)
    const { by = 'country' } = c.req.query()
    if (by !== 'country' && by !== 'option')
      return refused(c, { reason: 'query-invalid', detail: '`by` must be country or option.' })
    const found = await c.get('services').readBreakdown(owned.value, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const { cells, poll, share } = found.value
    const data = by === 'country' ? byCountry(cells, poll.questions) : byOption(cells, poll.questions)
    const headers = { ...keyed, ...archivedOf(share) }
    return answer(c, { ...head(c), by, data }, 200, headers)
  })

const head = (c: Context<Http>) => ({
  pollId: c.req.param('pollId'),
  asOf: new Date(c.get('services').clock.now()).toISOString(),
})

const archivedOf = (share: ArchivedShare | null): Record<string, string> =>
  share === null ? {} : { 'Edgepoll-Archived': `${share.archived}/${share.accepted}` }

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

const timeOf = (text: string | undefined, without: number): number | null => {
  if (text === undefined) return without
  const time = timeForm.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) || time < 0 ? null : time
}

const lengths = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** The first interval that begins at this time or later. */
const beginning = (time: number, interval: Interval): number =>
  Math.ceil(time / lengths[interval]) * lengths[interval]
