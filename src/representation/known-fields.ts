// Which members documents have, from the messages that carry them: what is added there can be asked for.
import type { DescMessage } from '@bufbuild/protobuf'
import type { KnownFields } from './fields.ts'
import { PollSchema } from './generated/edgepoll/v1/poll_pb.ts'
import { ResultsSchema } from './generated/edgepoll/v1/results_pb.ts'

const membersOf = (schema: DescMessage): KnownFields | null => {
  if (schema.typeName === 'google.protobuf.Timestamp') return null
  const known = new Map<string, KnownFields | null>()
  for (const member of schema.members) {
    if (member.kind === 'oneof') {
      known.set(member.localName, null)
      for (const { message } of member.fields) {
        for (const [name, inner] of (message && membersOf(message)) ?? [])
          known.set(name, either(known.get(name), inner))
      }
    } else {
      const inside = member.fieldKind !== 'map' ? member.message : undefined
      known.set(member.localName, inside === undefined ? null : membersOf(inside))
    }
  }
  return known
}

/** Kinds beside each other may have members of one name: what may be chosen within it is what any of them has. */
const either = (one: KnownFields | null | undefined, other: KnownFields | null): KnownFields | null =>
  one && other ? new Map([...one, ...other]) : (one ?? other)

const remembered = new Map<DescMessage, KnownFields>()

const knownIn = (schema: DescMessage) => (): KnownFields => {
  const known = remembered.get(schema) ?? membersOf(schema) ?? new Map()
  remembered.set(schema, known)
  return known
}

export const pollFields = knownIn(PollSchema)
/** Beside what the messages have: a ranking's `pairwise`, which comes only where it is named. */
export const resultsFields = (): KnownFields => {
  const fields = knownIn(ResultsSchema)()
  return new Map([
    ...fields,
    ['questions', new Map([...(fields.get('questions') ?? []), ['pairwise', pairwise]])],
  ])
}

const pairwise: KnownFields = new Map([
  ['id', null],
  ['over', null],
])
