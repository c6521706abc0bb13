// Invariants 1 to 5: what is stored is what was acknowledged, once each, and nothing else.
import { isDeepStrictEqual } from 'node:util'
import { saltOf } from '../../../src/domain/ballot/commitment.ts'
import { inviteSerial } from '../../../src/domain/voter/invite.ts'
import { addressOf } from '../../../src/domain/voter/network.ts'
import type { Intent } from '../history.ts'
import type { BallotReading, PollReading, Reading } from './reading.ts'

/** 1 */
export const acknowledgedOnce = ({ living, alarms }: Reading): string[] => [
  ...alarms.filter(({ invariant }) => invariant === '1').map(({ what }) => what),
  ...living.flatMap((poll) => [...acknowledgedIn(poll), ...exportsComplete(poll)]),
]

const acknowledgedIn = ({ name, acks, ballots, exported }: PollReading): string[] => {
  const byId = new Map(ballots.map((ballot) => [ballot.id, ballot]))
  return acks.flatMap(({ cast, ballot }) => {
    const known = byId.get(ballot.id)
    const what = `${name}: revision ${ballot.revision} of ${ballot.id} was acknowledged (intent ${cast.intent.id})`
    if (known === undefined) return [`${what} and is in no box`]
    const entries = known.entries.filter(({ revision }) => revision === ballot.revision)
    const [entry] = entries
    if (entry === undefined || entries.length > 1)
      return [`${what} and is in the log ${entries.length} times`]
    const { seq, castAt, commitment } = entry
    if (seq !== ballot.seq || castAt !== ballot.castAt || commitment !== ballot.commitment)
      return [
        `${what} and its log entry is another: ${JSON.stringify({ ballot, entry: { seq, castAt, commitment } })}`,
      ]
    if (!entry.intents.includes(cast.intent)) return [`${what} and the log commits to other answers`]
    const found: string[] = []
    if (known.rows.length !== 1) found.push(`${what} and has ${known.rows.length} rows in Postgres`)
    if (known.rows.some(({ revision }) => revision < ballot.revision))
      found.push(`${what} and Postgres has an older one`)
    const lines = exported?.rows.filter(({ id }) => id === ballot.id).length ?? 0
    if (lines !== 1) found.push(`${what} and is ${lines} times in the export`)
    if (!known.erased && known.stored?.stored.answers == null) found.push(`${what} and its answers are gone`)
    return found
  })
}

/** Every export that says it is complete had everything that was acknowledged before it was asked for. */
const exportsComplete = ({ name, poll, acks, history }: PollReading): string[] =>
  history.exports
    .filter(({ pollId, archived, accepted }) => pollId === poll.id && archived === accepted)
    .flatMap(({ rows, sentAt }) => {
      const ids = new Set(rows.map(({ id }) => id))
      const missing = acks.filter(({ cast, ballot }) => cast.answeredAt < sentAt && !ids.has(ballot.id))
      return missing.map(({ ballot }) => `${name}: an export that calls itself complete lacks ${ballot.id}`)
    })

/** 2 */
export const refusedNowhere = ({ living }: Reading): string[] =>
  living.flatMap(({ name, ballots, casts }) => {
    const sure = Map.groupBy(casts, ({ intent }) => intent)
    const refused = (intent: Intent) => sure.get(intent)?.every(({ end }) => end?.kind === 'refused') ?? false
    return ballots.flatMap(({ id, entries }) =>
      entries
        .filter(({ intents }) => intents.length > 0 && intents.every(refused))
        .map(
          ({ seq, intents }) =>
            `${name}: intent ${intents[0]?.id} was refused and is event ${seq}, ballot ${id}`,
        ),
    )
  })

/** 3 */
export const atMostOnce = ({ living }: Reading): string[] =>
  living.flatMap(({ name, ballots }) => {
    const entries = ballots.flatMap(({ entries }) => entries.filter(({ intents }) => intents.length > 0))
    const byText = Map.groupBy(entries, ({ intents }) => intents[0]?.text ?? '')
    return [...byText].flatMap(([text, times]) =>
      times.length > 1
        ? [`${name}: intent ${times[0]?.intents[0]?.id} is in the log ${times.length} times: ${text}`]
        : [],
    )
  })

/** 4 */
export const nothingInvented = ({ living }: Reading): string[] =>
  living.flatMap(({ name, ballots, rows, exported, intents }) => {
    const sent = new Set(intents.map(({ text }) => text))
    const known = new Set(ballots.map(({ id }) => id))
    return [
      ...ballots.flatMap(({ id, entries, stored }) => [
        ...entries
          .filter(({ kind, intents: meant }) => kind !== 'erase' && meant.length === 0)
          .map(({ seq }) => `${name}: event ${seq} of ${id} holds what its voter never sent`),
        ...(stored?.stored.answers != null && !sent.has(stored.stored.answers)
          ? [`${name}: ${id} holds answers that nobody sent: ${stored.stored.answers}`]
          : []),
      ]),
      ...[...rows, ...(exported?.rows ?? [])]
        .filter(({ id }) => !known.has(id))
        .map(({ id }) => `${name}: ${id} is in Postgres or the export, and no box has it`),
    ]
  })

/** 5 */
export const withinQuota = ({ living, history }: Reading): string[] =>
  living.flatMap((poll) => {
    const { name, ballots, casts, definition } = poll
    const cast = ballots.flatMap(({ id, entries }) => {
      const intent = entries.find(({ kind }) => kind === 'cast')?.intents[0]
      return intent === undefined ? [] : [{ id, owner: quotaOwner(poll, intent) }]
    })
    const { dedupe } = definition.poll
    const limit = dedupe.by === 'ip' ? dedupe.limit : 1
    const over = [...Map.groupBy(cast, ({ owner }) => owner)].flatMap(([owner, own]) =>
      own.length > limit ? [`${name}: ${owner} has ${own.length} ballots and may have ${limit}`] : [],
    )
    const revoked = history.owners.filter(
      ({ what, pollId, outcome }) => what === 'revoke' && pollId === poll.poll.id && outcome === 'done',
    )
    const late = casts.filter(({ intent, sentAt, end }) => {
      if (end?.kind !== 'accepted' && end?.kind !== 'revised') return false
      const serial = serialOf(poll, intent)
      return (
        serial !== null && revoked.some(({ about, answeredAt }) => about === serial && answeredAt < sentAt)
      )
    })
    return [
      ...over,
      ...late.map(
        ({ intent }) => `${name}: intent ${intent.id} was taken with an invite that was revoked before`,
      ),
    ]
  })

const quotaOwner = (poll: PollReading, { id, voter, idempotencyKey }: Intent): string => {
  const { voterId, address, voterToken } = voter
  switch (poll.definition.poll.dedupe.by) {
    case 'ip':
      return `the address ${addressOf(address)}`
    case 'invite':
      return `the invite ${serialOf(poll, { voter })}`
    case 'account':
      return `the account ${voterToken}`
    case 'session':
      return `the voter ${voterId}`
    case 'none':
      return voterId !== null ? `the voter ${voterId}` : `the key ${idempotencyKey ?? `none of intent ${id}`}`
  }
}

const serialOf = ({ definition }: PollReading, { voter }: Pick<Intent, 'voter'>): number | null =>
  voter.inviteCode === null ? null : inviteSerial(definition.secret, voter.inviteCode)

/** Part of 6: box, Postgres and export hold the same ballots, row by row. */
export const sameBallots = ({ living }: Reading): string[] =>
  living.flatMap((poll) => [
    ...poll.ballots.flatMap((ballot) => rowDiffers(poll, ballot)),
    ...(poll.exported === null ? [`${poll.name}: it could not be exported`] : []),
    ...(poll.exported !== null && !isDeepStrictEqual(byId(poll.exported.rows), byId(poll.rows))
      ? [`${poll.name}: the export is not what Postgres has`]
      : []),
  ])

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]) =>
  rows.toSorted((one, other) => (one.id < other.id ? -1 : 1))

const rowDiffers = ({ name, definition }: PollReading, ballot: BallotReading): string[] => {
  const [row] = ballot.rows
  const newest = ballot.entries.at(-1)
  if (row === undefined || newest === undefined) return [`${name}: ${ballot.id} is not in Postgres`]
  const { answers, revision, seq, shard, salt, castAt } = row
  const expected = {
    revision: newest.revision,
    seq: newest.seq,
    shard: ballot.shard.shard,
    salt: ballot.erased ? null : saltOf(definition.secret, ballot.id, newest.revision),
    answers: ballot.erased ? null : JSON.parse(ballot.stored?.stored.answers ?? 'null'),
  }
  const found: string[] = []
  if (!isDeepStrictEqual({ revision, seq, shard, salt, answers }, expected))
    found.push(
      `${name}: ${ballot.id} is ${JSON.stringify({ revision, seq, shard, salt, answers })} in Postgres and ${JSON.stringify(expected)} in its box`,
    )
  const times = ballot.entries.map((entry) => entry.castAt)
  if (ballot.erased ? !times.includes(castAt) : castAt !== newest.castAt)
    found.push(`${name}: Postgres says ${ballot.id} was cast at ${castAt}, its box at ${times.join(', ')}`)
  if (ballot.erased && ballot.stored !== null && ballot.stored.stored.answers !== null)
    found.push(`${name}: ${ballot.id} was erased and its box still has answers`)
  return found
}
