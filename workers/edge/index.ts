// The public API's entrance.
import { cache as front, waitUntil } from 'cloudflare:workers'
import { createApp } from '../../src/http/app.ts'
import { edgeServices } from '../../src/runtime/edge-services.ts'
import { oncePerEnv } from '../../src/runtime/isolate.ts'

const appOf = oncePerEnv((env: EdgeEnv) =>
  createApp(edgeServices(env, { waitUntil, colo: caches.default, front })),
)

export default {
  fetch: (request, env, context) => appOf(env).fetch(request, env, context),
} satisfies ExportedHandler<EdgeEnv>
