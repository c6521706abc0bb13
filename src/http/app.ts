// The public API, whole: five middlewares, then one route file a resource.
import { Hono } from 'hono'
import { answerOnce } from './answer-once.ts'
import { turnedAway } from './door.ts'
import { failed } from './failed.ts'
import { type Http, refused, type Services } from './http.ts'
import { methodsAt } from './methods-at.ts'
import { admit } from './middleware/admit.ts'
import { crossOrigin } from './middleware/cross-origin.ts'
import { deadline } from './middleware/deadline.ts'
import { negotiate } from './middleware/negotiate.ts'
import { trace } from './middleware/trace.ts'
import { noteWrite } from './note-write.ts'
import { ownerWrites } from './owner-writes.ts'
import { router } from './router.ts'
import { auditLog } from './routes/audit-log.ts'
import { ballots } from './routes/ballots.ts'
import { connect } from './routes/connect.ts'
import { exports } from './routes/exports.ts'
import { health } from './routes/health.ts'
import { invites } from './routes/invites.ts'
import { keys } from './routes/keys.ts'
import { log } from './routes/log.ts'
import { metrics } from './routes/metrics.ts'
import { operator } from './routes/operator.ts'
import { ownerBallots } from './routes/owner-ballots.ts'
import { ownerPolls } from './routes/owner-polls.ts'
import { page } from './routes/page.ts'
import { polls } from './routes/polls.ts'
import { problemPages } from './routes/problem-pages.ts'
import { keySet, receipts } from './routes/receipts.ts'
import { reference } from './routes/reference.ts'
import { results } from './routes/results.ts'
import { retention } from './routes/retention.ts'
import { rollups } from './routes/rollups.ts'
import { rum } from './routes/rum.ts'
import { usage } from './routes/usage.ts'
import { voters } from './routes/voters.ts'
import { webhooks } from './routes/webhooks.ts'
import { ownWorkspace, workspaces } from './routes/workspaces.ts'
import { tellWritten } from './tell-written.ts'

export const createApp = (services: Services) => {
  const app = new Hono<Http>({ router: router() })
    .use(crossOrigin()) // a preflight costs nothing more
    .use(trace(services)) // names the request; everything after can be followed
    .use(deadline(services)) // gives it a signal; everything after can be stopped
    .use(admit()) // the cheapest no first
    .use(negotiate()) // decides how we will speak, or 406

  // Around the routes that change something: repeats, how it is read again, and the audit log, so that none can forget any.
  for (const write of ownerWrites) {
    const { method, path, ownRepeats } = write
    if (method === 'POST' && !ownRepeats) app.on(method, path, answerOnce(write))
    app.on(method, path, tellWritten())
    app.on(method, path, noteWrite(write))
  }

  app
    .route('/', health)
    .route('/', page)
    .route('/', problemPages)
    .route('/', keySet)
    .route('/', reference)
    .route('/v1/workspace', ownWorkspace)
    .route('/', metrics)
    .route('/v1/workspaces', workspaces)
    .route('/v1/usage', usage)
    .route('/v1/rum', rum)
    .route('/v1/keys', keys)
    .route('/v1/audit-log', auditLog)
    .route('/v1/webhooks', webhooks)
    .route('/v1/polls', polls)
    .route('/v1/polls', ownerPolls)
    .route('/v1/polls', ballots)
    .route('/v1/polls', ownerBallots)
    .route('/v1/polls', voters)
    .route('/v1/polls', results)
    .route('/v1/polls', rollups)
    .route('/v1/polls', invites)
    .route('/v1/polls', receipts)
    .route('/v1/polls', log)
    .route('/v1/polls', exports)
    .route('/v1/operator', operator)
    .route('/v1/operator', retention)
    .route('/', connect)

  // Before anything is made for a request: see door.ts.
  const { fetch } = app
  app.fetch = (request, ...platform) => turnedAway(services, request) ?? fetch(request, ...platform)

  return app
    .notFound((c) => {
      const allow = methodsAt(app, c.req.path)
      return allow === null
        ? refused(c, { reason: 'not-found' })
        : refused(c, { reason: 'method-not-allowed', allow })
    })
    .onError((error, c) => refused(c, failed(c, error)))
}
