import { DurableObject } from 'cloudflare:workers'
export class BallotBox extends DurableObject {}
export class Scoreboard extends DurableObject {}
export default { fetch: () => new Response(null, { status: 404 }) }
