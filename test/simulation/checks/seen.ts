// Invariants 7, 8 and 9: what one client sees never runs back, voters read their own, and a repeat hears the first answer.
import type { Results } from '../../../src/domain/tally/results.ts'
import type { Sighting } from '../history.ts'
import type { Reading } from './reading.ts'

/** 7 */
export const nothingRunsBack = ({ living, history }: Reading): string[] => [
  ...living.flatMap(({ name, shards }) =>
    shards.flatMap(({ shard, commits, entries }) => {
      const gaps = commits.filter(({ first }, at) => first !== (commits[at - 1]?.last ?? 0) + 1)
      const odd = entries.filter(({ seq }, at) => seq !== at + 1)
      return gaps.length + odd.length > 0 ? [`${name}: the log of shard ${shard} has a gap`] : []
    }),
  ),
  ...[...Map.groupBy(history.sightings, ({ client, pollId }) => `${client} of ${pollId}`)].flatMap(
    ([client, seen]) => goesForward(client, seen),
  ),
  ...[...Map.groupBy(history.sightings, ({ pollId }) => pollId).values()].flatMap(oneDocumentAVersion),
]

const goesForward = (client: string, seen: readonly Sighting[]): string[] => {
  const inOrder = seen.toSorted((one, other) => one.seenAt - other.seenAt)
  return inOrder.flatMap((sighting, at) => {
    const before = inOrder[at - 1]
    const found: string[] = []
    if (before !== undefined && sighting.version < before.version)
      found.push(`${client} saw version ${before.version} and then ${sighting.version}`)
    if (before?.results.final && !sighting.results.final)
      found.push(`${client} saw a final result and then one that is not`)
    if (sighting.gap !== null && sighting.gap.from > sighting.gap.held)
      found.push(`${client} got changes since ${sighting.gap.from} and has ${sighting.gap.held}`)
    return found
  })
}

/** Runoffs and the count of erasures do not travel in deltas. */
const oneDocumentAVersion = (seen: readonly Sighting[]): string[] =>
  [...Map.groupBy(seen, ({ version }) => version)].flatMap(([version, same]) => {
    const numbers = new Set(same.map(({ results }) => numbersOf(results)))
    const whole = new Set(
      same.filter(({ by }) => by === 'read').map(({ results }) => JSON.stringify(results)),
    )
    if (numbers.size <= 1 && whole.size <= 1) return []
    return [
      `version ${version} of ${same[0]?.pollId} was shown as ${[...(whole.size > 1 ? whole : numbers)].join(' and as ')}`,
    ]
  })

export const numbersOf = ({ ballots, questions }: Results): string =>
  JSON.stringify({ ballots, questions }, (key, value) => (key === 'runoff' ? undefined : value))

/** 8 */
export const votersReadTheirOwn = ({ living, history }: Reading): string[] =>
  living.flatMap(({ name, poll, acks, casts, ballots }) =>
    history.finds
      .filter(({ intent }) => intent.pollId === poll.id)
      .flatMap(({ intent, own, sentAt, answeredAt }) => {
        const mine = acks.filter(({ cast }) => cast.intent.voter === intent.voter && cast.answeredAt < sentAt)
        const highest = Math.max(0, ...mine.map(({ ballot }) => ballot.revision))
        const erased = history.owners.some(
          ({ what, about, sentAt: askedAt }) =>
            what === 'erase' && askedAt < answeredAt && mine.some(({ ballot }) => ballot.id === about),
        )
        if (own === null)
          return highest > 0 && !erased
            ? [`${name}: the voter of intent ${intent.id} was told there is no ballot`]
            : []
        const { ballot, answers } = own
        const found: string[] = []
        if (ballot.revision < highest)
          found.push(
            `${name}: the voter of intent ${intent.id} read revision ${ballot.revision} after ${highest}`,
          )
        if (mine.some((ack) => ack.ballot.id !== ballot.id))
          found.push(
            `${name}: the voter of intent ${intent.id} read the ballot of somebody else, ${ballot.id}`,
          )
        const text = JSON.stringify(answers)
        const meant = casts.some((cast) => cast.intent.voter === intent.voter && cast.intent.text === text)
        if (!meant)
          found.push(`${name}: the voter of intent ${intent.id} read answers they never sent: ${text}`)
        const entry = ballots
          .find(({ id }) => id === ballot.id)
          ?.entries.find(({ revision }) => revision === ballot.revision)
        if (entry !== undefined && !entry.intents.some((each) => each.text === text))
          found.push(`${name}: the voter of intent ${intent.id} read other answers than the log commits to`)
        return found
      }),
  )

/** 9 */
export const repeatsHearTheFirstAnswer = ({ living }: Reading): string[] =>
  living.flatMap(({ name, acks }) =>
    [...Map.groupBy(acks, ({ cast }) => cast.intent.text)].flatMap(([, same]) => {
      const answers = new Set(same.map(({ ballot, receipt }) => JSON.stringify([ballot, receipt])))
      const fresh = same.filter(({ cast }) => cast.end?.kind !== 'replayed')
      const id = same[0]?.cast.intent.id
      return [
        ...(answers.size > 1 ? [`${name}: repeats of intent ${id} heard ${[...answers].join(' and ')}`] : []),
        ...(fresh.length > 1 ? [`${name}: intent ${id} was taken as new ${fresh.length} times`] : []),
      ]
    }),
  )
