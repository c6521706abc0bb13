// The headers of answers, each said once.

const text = { type: 'string' as const }
const whole = { type: 'integer' as const, minimum: 0 }
const only = (value: string) => ({ type: 'string' as const, enum: [value] })

/** Under `components.headers`. */
export const headerComponents = {
  'Accept-Patch': { description: 'The media types that a change may have.', schema: text },
  'Accept-Post': { description: 'The media types that a body may have.', schema: text },
  Age: { description: 'How old the answer is, in seconds, where it comes from a memory.', schema: whole },
  Allow: { description: 'The methods that this path takes.', schema: text },
  'CDN-Cache-Control': {
    description: 'What shared caches may keep, and how long (RFC 9213).',
    schema: text,
    example: 'max-age=1, stale-while-revalidate=1, stale-if-error=60',
  },
  'Cache-Control': { description: 'What browsers may keep, and how long.', schema: text },
  'Cache-Status': {
    description: 'Which tier had the answer (RFC 9211).',
    schema: text,
    example: 'edgepoll; hit; detail=isolate',
  },
  'Cache-Tag': {
    description:
      'The poll it tells of: what a change of the poll purges from a cache in front of the service.',
    schema: text,
  },
  'Content-Disposition': { description: 'The name to save it by.', schema: text },
  'Content-Security-Policy': { description: 'What the page may load.', schema: text },
  ETag: {
    description:
      'Names what is answered: kind, version and representation. For `If-None-Match`, and of a poll for `If-Match`.',
    schema: text,
  },
  'Edgepoll-Archived': {
    description: 'Log events in the archive, of all there are. Equal for a closed poll.',
    schema: { ...text, pattern: '^\\d+/\\d+$' },
    example: '79321/79321',
  },
  'Edgepoll-Poll-After': {
    description: 'After how many seconds to ask again, for whoever polls.',
    schema: whole,
    example: 2,
  },
  'Edgepoll-Viewers': {
    description: 'How many sockets watch the poll, about. Where anybody may see its results.',
    schema: whole,
    example: 1200,
  },
  'Edgepoll-Problem': { description: 'The `code` of the problem.', schema: text },
  'Edgepoll-Retry-Safe': {
    description: '`false`: no repeat of this request could be known as one, so it would count again.',
    schema: only('false'),
  },
  'Edgepoll-Stale': {
    description: '`true`: it stands in for an answer that cannot be had now.',
    schema: only('true'),
  },
  'Edgepoll-Written': {
    description:
      'What was written, for `Edgepoll-Read-After`. Where there is a read replica. An opaque text, which a newer one replaces.',
    schema: text,
    example: 'main=0/16B3748',
  },
  'Idempotency-Replayed': {
    description: '`true`: this is the first answer again; nothing was done or counted.',
    schema: only('true'),
  },
  Link: { description: 'The next page, with `rel="next"` (RFC 8288), where there is one.', schema: text },
  Location: { description: 'Where it is.', schema: { ...text, format: 'uri' } },
  RateLimit: {
    description:
      'What is left of the plan’s quota, and in how many seconds there is more. On answers to a key, ballots aside.',
    schema: { ...text, pattern: '^"plan";r=\\d+;t=\\d+$' },
    example: '"plan";r=599;t=60',
  },
  'RateLimit-Policy': {
    description: 'The plan’s quota, and the seconds it is for.',
    schema: { ...text, pattern: '^"plan";q=\\d+;w=\\d+$' },
    example: '"plan";q=600;w=60',
  },
  'Referrer-Policy': { description: 'What other sites learn of the page’s address.', schema: text },
  'Retry-After': { description: 'After how many seconds to try again.', schema: whole },
  'Sec-WebSocket-Protocol': { description: 'The subprotocol that is spoken.', schema: text },
  'Set-Cookie': {
    description: 'Names the voter to this poll’s page, and keeps their receipt.',
    schema: text,
  },
  Upgrade: { description: 'The protocol this resource speaks.', schema: text },
  'WWW-Authenticate': { description: 'How to show a key.', schema: text },
  'X-Content-Type-Options': { description: 'That the media type is meant.', schema: text },
  'Server-Timing': {
    description: 'With a key: how long it took, and what was waited for, in milliseconds.',
    schema: text,
    example: 'total;dur=14, postgres;dur=9',
  },
  'X-Request-Id': {
    description: 'Names the request. Not on answers that anybody may keep.',
    schema: { ...text, pattern: '^req_[0-9a-f-]{36}$' },
  },
}

export type ShownHeaders = keyof typeof headerComponents

/** References to these headers. */
export const headers = (...names: readonly ShownHeaders[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** Of an answer to an owner. */
export const limited = ['RateLimit', 'RateLimit-Policy'] as const

/** Of an answer that is kept nowhere. */
export const unkept = ['Cache-Control', 'X-Request-Id', 'Server-Timing', ...limited] as const

/** Of a read that caches may keep while anybody may see it; with a key or a receipt it is private. */
export const cached = [
  'ETag',
  'Cache-Control',
  'CDN-Cache-Control',
  'Cache-Status',
  'Cache-Tag',
  'Age',
  'Edgepoll-Stale',
  'X-Request-Id',
  'Server-Timing',
  ...limited,
] as const
