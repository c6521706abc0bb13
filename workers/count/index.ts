// The Durable Objects. Nothing else runs here, so that publishing a new API restarts none of them.
export { BallotBox } from './ballot-box.ts'
export { Meter } from './meter.ts'
export { Relay } from './relay.ts'
export { Scoreboard } from './scoreboard.ts'

export default {
  fetch: () => new Response(null, { status: 404 }),
} satisfies ExportedHandler<CountEnv>
