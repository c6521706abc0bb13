// The public API's entrance.
import { createApp } from '../../src/http/app.ts'
import { edgeServices } from '../../src/runtime/edge-services.ts'
import { oncePerEnv } from '../../src/runtime/isolate.ts'

const appOf = oncePerEnv((env: EdgeEnv) => createApp(edgeServices(env)))

export default {
  fetch: (request, env, context) => appOf(env).fetch(request, env, context),
} satisfies ExportedHandler<EdgeEnv>
