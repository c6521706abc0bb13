// What a reader should know before the first operation, in Markdown.
import { type Problem, problems } from '../problems.ts'

const rows = Object.entries(problems as Readonly<Record<string, Problem>>)
  .map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`)
  .sort()

export const introduction = `A poll takes one call to make, voters anywhere cast ballots, and results are live. Every accepted ballot is counted
exactly once, through crashes, retries and surges, and can prove that it was.

JSON is camelCase, times are RFC 3339 in UTC, ids have a prefix (\`poll_\`, \`bal_\`, \`ws_\`, \`key_\`, \`whk_\`, \`msg_\`, \`req_\`).

## Keys
Reading a poll, voting, results and proofs take no key and may be called from any page. Everything else takes a key of a
workspace, \`Authorization: Bearer ep_live_…\` or \`X-API-Key\`, with the scope that the operation names. A key that is shown
and not valid is refused everywhere. Another workspace’s poll answers 404, like one that is not there. What \`ep_test_…\` keys make is
apart from what live keys see; voters vote in both alike.

## Formats
\`Accept\` with q-values over \`application/json\`, \`application/vnd.msgpack\` (also \`application/msgpack\` and
\`application/x-msgpack\`) and, for polls, ballots, receipts and results, \`application/protobuf\` (also
\`application/x-protobuf\`), in requests and answers alike; none that is acceptable is 406. MessagePack carries exactly the JSON
model; Protocol Buffers the messages of \`proto/edgepoll/v1\`. Bodies are read strictly: valid UTF-8, at most 32 levels deep,
nothing named twice, whole numbers within ±(2⁵³−1), no U+0000, no members that are not known.

## Repeating
A ballot may be sent again with the same \`Voter-Id\` or \`Idempotency-Key\` as often as it takes: it is counted at most once and
every repeat gets the first answer. A \`POST\` of an owner with an \`Idempotency-Key\` is done once, and repeats within a day get the first
answer with \`Idempotency-Replayed\`; other content under the same key is 422, and a repeat while the first is under way 409. 503 is always safe to repeat, after \`Retry-After\` seconds.

## Limits
Calls with a key take from the quota of the workspace’s plan; \`RateLimit-Policy\` says what it is, \`RateLimit\` what is left, and \`GET
/v1/usage\` the rest. Beyond it is 429 \`rate-limited\` with \`Retry-After\`. Ballots never take from it. One voter may try 120 times a
minute at one poll; no address is limited. What a plan has no room for is 403 \`plan-limit\`.

## Compatibility
Within v1 changes only add: new members of answers, new operations, new problems. Clients ignore members they do not know.

## Problems
A refusal is \`application/problem+json\` (RFC 9457), whatever was asked for. Programs decide by \`code\`; \`type\` resolves to what it
means. The key is judged first, then whether there is such a poll, then the scope of the key, then the input. A path that is none is 404 \`not-found\`, a
method that a path does not take is 405 \`method-not-allowed\` with \`Allow\`.

| code | status | |
|---|--:|---|
${rows.join('\n')}
`

export const tagDescriptions = [
  { name: 'Polls', description: 'Made and run by their owner, read by anybody.' },
  { name: 'Ballots', description: 'One voter’s answers, counted exactly once.' },
  { name: 'Results', description: 'How a poll stands, read once or watched live.' },
  { name: 'Proofs', description: 'What shows, without trusting us, that every ballot was counted.' },
  { name: 'Invites and exports', description: 'What else an owner does with a poll.' },
  { name: 'Usage', description: 'What a workspace has used of its plan.' },
  { name: 'Webhooks', description: 'Events, posted to where their owner listens.' },
  { name: 'Keys', description: 'Who may do what, and what they did.' },
  { name: 'Workspaces', description: 'What holds for all polls of an owner.' },
  { name: 'Operator', description: 'For whoever runs the service.' },
  { name: 'Pages', description: 'For people.' },
  { name: 'Procedures', description: 'The voting of one poll, for other services: Connect.' },
  { name: 'Platform', description: 'How the service is, and what it says of itself.' },
]
