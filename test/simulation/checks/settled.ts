// Invariants 12 and 14: once faults stop, all views converge; and every fault that was to strike did.
import { isDeepStrictEqual } from 'node:util'
import { ballotMessageVersion } from '../../../src/application/ballot-message.ts'
import { statusOf } from '../../../src/domain/poll/poll.ts'
import type { PollEvidence } from '../evidence.ts'
import type { PollReading, Reading } from './reading.ts'
import { numbersOf } from './seen.ts'

/** 12 */
export const viewsConverge = ({
  living,
  deleted,
  history,
  messagesHeld,
  letters,
  alarms,
  polls,
}: Reading): string[] => [
  ...alarms.filter(({ invariant }) => invariant === '12').map(({ what }) => what),
  ...living.flatMap((poll) => [...boxesSettle(poll), ...lifeSettles(poll), ...edgesAgree(poll)]),
  ...living.flatMap(viewersOf),
  ...deleted.flatMap(leftovers),
  ...polls.flatMap(({ name, poll, board }) =>
    history.owners.some(
      ({ what, outcome, pollId }) => what === 'delete' && outcome === 'done' && pollId === poll.id,
    ) && board?.deletedAt == null
      ? [`${name}: its deletion was acknowledged, and the board has it`]
      : [],
  ),
  ...(messagesHeld > 0 ? [`${messagesHeld} messages are still held by queues`] : []),
  ...letters
    .filter(
      (body) => typeof body === 'object' && body !== null && 'v' in body && body.v === ballotMessageVersion,
    )
    .map((body) => `a dead letter is left: ${JSON.stringify(body).slice(0, 200)}`),
]

/** Every box is archived to its end, and the board knows its whole tally. */
const boxesSettle = ({ name, board, shards, definition }: PollReading): string[] => [
  ...shards.flatMap(({ shard, archived, version, tally, frozen }) => {
    const known = board?.shards.get(shard)
    const told = version === 0 || (known?.version === version && isDeepStrictEqual(known.tally, tally))
    return [
      ...(archived === version
        ? []
        : [`${name}: shard ${shard} has ${version} events, ${archived} of them archived`]),
      ...(told
        ? []
        : [`${name}: the board knows version ${known?.version} of shard ${shard}, which is at ${version}`]),
      ...(definition.poll.phase === 'closed' && !frozen
        ? [`${name}: shard ${shard} of a closed poll is not frozen`]
        : []),
    ]
  }),
  ...(definition.poll.phase === 'closed' && shards.length !== definition.poll.shards
    ? [`${name}: ${shards.length} of ${definition.poll.shards} shards were frozen`]
    : []),
]

/** What was to be closed is, its results are final, and Postgres has it as the board does. */
const lifeSettles = ({ name, record, results, definition, history, poll }: PollReading): string[] => {
  const { phase, version, archived } = definition.poll
  const closed = history.owners.some(
    ({ what, pollId, outcome }) => what === 'close' && pollId === poll.id && outcome !== 'refused',
  )
  const due = closed || statusOf(definition.poll, Number.MAX_SAFE_INTEGER) === 'closed'
  const found: string[] = []
  if (due !== (phase === 'closed'))
    found.push(`${name}: it was ${due ? '' : 'not '}to be closed; it is ${phase}`)
  if (results !== null && results.final !== (phase === 'closed'))
    found.push(`${name}: it is ${phase}, and its results are ${results.final ? '' : 'not '}final`)
  if (record?.version !== version || record.phase !== phase || record.archived !== archived)
    found.push(
      `${name}: Postgres has version ${record?.version}, ${record?.phase}, of the poll; it is at ${version}, ${phase}`,
    )
  return found
}

/** Every edge and every new viewer is shown the same. */
const edgesAgree = ({ name, views, remembered, results, greeting, definition }: PollReading): string[] => {
  const { phase, version, title } = definition.poll
  const found = views
    .filter((view) => view?.version !== version || view.phase !== phase || view.title !== title)
    .map(
      (view) =>
        `${name}: an edge shows version ${view?.version} of the poll, ${view?.phase}; it is at ${version}, ${phase}`,
    )
  if (remembered.some((each) => !isDeepStrictEqual(each, results)))
    found.push(
      `${name}: edges remember ${JSON.stringify(remembered)}; results are ${JSON.stringify(results)}`,
    )
  if (!isDeepStrictEqual(results, withoutType(greeting)))
    found.push(
      `${name}: a new viewer is greeted with ${JSON.stringify(greeting)}; results are ${JSON.stringify(results)}`,
    )
  return found
}

/** A frame says of what type it is; the document does not. */
const withoutType = (frame: object | null): object | null => {
  if (frame === null) return null
  const { type: _type, ...document } = frame as { readonly type?: string } // a frame as it was sent
  return document
}

/** Every viewer has what a reader has. */
const viewersOf = ({ name, poll, results, history }: PollReading): string[] => {
  const frames = history.sightings.filter(({ pollId, by }) => pollId === poll.id && by === 'frame')
  return [...Map.groupBy(frames, ({ client }) => client)].flatMap(([client, seen]) => {
    const last = seen.at(-1)?.results
    if (results === null || last === undefined) return []
    const same = last.final === results.final && numbersOf(last) === numbersOf(results)
    const newest = results.final || last.version === results.version
    return same && newest
      ? []
      : [`${name}: ${client} is left with version ${last.version} of ${results.version}`]
  })
}

/** Of a deleted poll nothing is left but tombstones. */
const leftovers = ({
  views,
  remembered,
  name,
  board,
  shards,
  rows,
  record,
  tombstone,
  results,
}: PollEvidence): string[] => [
  ...shards
    .filter(({ founded }) => founded)
    .map(({ shard }) => `${name}: deleted, and shard ${shard} still holds something`),
  ...(rows.length > 0 ? [`${name}: deleted, and Postgres has ${rows.length} of its ballots`] : []),
  ...(record !== null ? [`${name}: deleted, and Postgres has it`] : []),
  ...(tombstone === null ? [`${name}: deleted, and Postgres has no tombstone`] : []),
  ...(views.some((view) => view !== null) ? [`${name}: deleted, and edges show it`] : []),
  ...(remembered.some((each) => each !== null) ? [`${name}: deleted, and edges remember its results`] : []),
  ...(results !== null ? [`${name}: deleted, and it has results`] : []),
  ...(board !== null && board.definition.secret.byteLength > 0
    ? [`${name}: deleted, and the board has its secret`]
    : []),
]

/** 14 */
export const faultsFired = ({ faults }: Reading): string[] =>
  faults.flatMap(({ fault, occasions, injected, fired, certainAt }) => [
    ...(fired < injected ? [`${fault} was injected ${injected} times and fired ${fired} times`] : []),
    ...(occasions >= certainAt && injected === 0 ? [`${fault} was planned and never injected`] : []),
  ])
