// The edge as it is, but that nobody asks how often a voter has knocked: what admission adds to a ballot is the rest.
import { cache as front, waitUntil } from 'cloudflare:workers'
import { createApp } from '../../../src/http/app.ts'
import { edgeServices } from '../../../src/runtime/edge-services.ts'
import { oncePerEnv } from '../../../src/runtime/isolate.ts'

const appOf = oncePerEnv((env: EdgeEnv) => {
  const services = edgeServices(env, { waitUntil, colo: caches.default, front })
  const admission = { ...services.admission, ballots: { refusedUntil: () => null } }
  return createApp({ ...services, admission })
})

export default {
  fetch: (request, env, context) => appOf(env).fetch(request, env, context),
} satisfies ExportedHandler<EdgeEnv>
