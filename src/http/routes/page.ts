// The page a person votes on, and the files it loads. A plain form and the page's script post the same ballot.

import { type Context, Hono } from 'hono'
import { Unavailable } from '../../kernel/unavailable.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { files } from '../page/assets.ts'
import { castForm } from '../page/cast-form.ts'
import { castJson } from '../page/cast-json.ts'
import { isOwnPost } from '../page/page-security.ts'
import { showMessage, showPoll } from '../page/show.ts'

export const page = new Hono<Http>()
  .get('/assets/:file', (c) => {
    const file = files.get(c.req.param('file'))
    if (file === undefined) return refused(c, { reason: 'not-found' })
    return c.body(file.body, 200, {
      'Content-Type': file.type,
      'Cache-Control': file.cache,
      'X-Content-Type-Options': 'nosniff',
    })
  })

  .get('/p/:pollId', async (c) => {
    const found = await c.get('services').readPoll({ pollId: c.req.param('pollId') }, signalOf(c))
    return found.ok ? showPoll(c, found.value) : showMessage(c, found.refusal)
  })

  .post('/p/:pollId', async (c) => {
    const pollId = c.req.param('pollId')
    const type = mediaTypeOf(c)
    if (type === 'application/json')
      return isOwnPost(c) ? castJson(c, pollId) : refused(c, { reason: 'origin-not-allowed' })
    if (!isOwnPost(c)) return showMessage(c, { reason: 'origin-not-allowed' })
    return type === formType
      ? castForm(c, pollId)
      : showMessage(c, { reason: 'media-type-unsupported', accepts: `application/json, ${formType}` })
  })

  .onError((error, c) => {
    const away = error instanceof Unavailable || error.name === 'TimeoutError'
    if (away && mediaTypeOf(c) !== 'application/json') return showMessage(c, { reason: 'unavailable' })
    throw error // a bug, or a script that reads problem documents: the app's own onError knows
  })

const formType = 'application/x-www-form-urlencoded'

const mediaTypeOf = (c: Context): string =>
  c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? ''
