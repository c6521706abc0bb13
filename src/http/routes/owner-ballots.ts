// Ballots and texts as the poll's owner reads them: pages from the archive.
import { Hono } from 'hono'
import { listedBallot, listedText } from '../../representation/listed-ballot.ts'
import { answer } from '../answer.ts'
import { keyed } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { ownedPoll } from '../owned-poll.ts'
import { type ListTerms, pageAsked, pageEnd } from '../page-asked.ts'
import { onlyParameters } from '../query.ts'

const aPage = { place: /^bal_[0-9a-z]{1,40}$/, most: 100, usual: 20 } as const
const ballotsList: ListTerms = { name: 'ballots', ...aPage }
const textsList: ListTerms = { name: 'texts', ...aPage }

export const ownerBallots = new Hono<Http>()
  .get('/:pollId/ballots', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'ballots:read')
    if (!owned.ok) return refused(c, owned.refusal)
    const asked = pageAsked(c, ballotsList, ['erased'])
    if (!asked.ok) return refused(c, asked.refusal)
    const { erased: word = '' } = c.req.query()
    const erased = { '': null, true: true, false: false }[word]
    if (erased === undefined || (word === '' && c.req.query('erased') !== undefined))
      return refused(c, { reason: 'query-invalid', detail: '`erased` must be true or false.' })
    const { listBallots } = c.get('services')
    const found = await listBallots({ ...owned.value, ...asked.value, erased }, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const { items, next, poll, share } = found.value
    const { nextCursor, headers } = pageEnd(c, ballotsList, next)
    if (share !== null) headers['Edgepoll-Archived'] = `${share.archived}/${share.accepted}`
    const data = items.map((ballot) => listedBallot(ballot, poll.questions))
    return answer(c, { data, nextCursor }, 200, headers)
  })

  .get('/:pollId/ballots/:ballotId', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'ballots:read')
    if (!owned.ok) return refused(c, owned.refusal)
    const parameters = onlyParameters(c)
    if (!parameters.ok) return refused(c, parameters.refusal)
    const order = { ...owned.value, ballotId: c.req.param('ballotId') }
    const found = await c.get('services').readBallot(order, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const { ballot, poll } = found.value
    return answer(c, listedBallot(ballot, poll.questions), 200, keyed)
  })

  .get('/:pollId/questions/:questionId/texts', async (c) => {
    const owned = await ownedPoll(c, c.req.param('pollId'), 'ballots:read')
    if (!owned.ok) return refused(c, owned.refusal)
    const asked = pageAsked(c, textsList)
    if (!asked.ok) return refused(c, asked.refusal)
    const order = { ...owned.value, ...asked.value, questionId: c.req.param('questionId') }
    const found = await c.get('services').listTexts(order, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const { nextCursor, headers } = pageEnd(c, textsList, found.value.next)
    return answer(c, { data: found.value.items.map(listedText), nextCursor }, 200, headers)
  })
