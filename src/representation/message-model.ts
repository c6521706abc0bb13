// How a Protocol Buffers message carries the JSON model, by convention instead of by a mapping for each message: names are
// equal in camelCase; a time is a Timestamp; a word is an enum value in kebab-case; a member that tells kinds apart is
// the oneof of its name, with the kind's own members beside it; what is null or left out is not set.
import { type DescEnum, type DescField, type DescMessage, type Message, ScalarType } from '@bufbuild/protobuf'
import { AnswerSchema } from './generated/edgepoll/v1/ballot_pb.ts'

type Members = Readonly<Record<string, unknown>>

/** The document a message carries. Members without a value are left out, lists and maps are there always. */
export const documentOf = (schema: DescMessage, message: Message): unknown => {
  const members = message as unknown as Members // as the schema describes it
  const special = specials[schema.typeName]
  if (special !== undefined) return special.read(members)
  const entries: (readonly [string, unknown])[] = []
  for (const member of schema.members) {
    const held = members[member.localName]
    if (member.kind === 'field') {
      const value = held === undefined ? undefined : readField(member, held)
      if (value !== undefined) entries.push([member.localName, value])
    } else {
      const { case: kind, value } = held as { case?: string; value: Message } // every oneof here is one of messages
      const field = member.fields.find(({ localName }) => localName === kind)
      if (kind === undefined || field?.message === undefined) continue
      entries.push([member.localName, kind], ...Object.entries(Object(documentOf(field.message, value))))
    }
  }
  return Object.fromEntries(entries) // defines properties, so that `__proto__` becomes one
}

/** What to make the message of a document from. The document is one of ours. */
export const messageOf = (schema: DescMessage, document: unknown): Record<string, unknown> => {
  const special = specials[schema.typeName]
  if (special !== undefined) return special.write(document)
  const members = document as Members // a document is an object
  const entries: (readonly [string, unknown])[] = []
  for (const member of schema.members) {
    const value = members[member.localName]
    if (value === undefined || value === null) continue
    if (member.kind === 'field') entries.push([member.localName, writeField(member, value)])
    else {
      const kind = member.fields.find(({ localName }) => localName === value)
      if (kind?.message === undefined) throw new Error(`${schema.typeName} has no place for ${String(value)}`)
      entries.push([member.localName, { case: value, value: messageOf(kind.message, document) }])
    }
  }
  return Object.fromEntries(entries)
}

const readField = (field: DescField, held: unknown): unknown => {
  switch (field.fieldKind) {
    case 'scalar':
      return typeof held === 'bigint' ? Number(held) : held
    case 'enum':
      return wordOf(field.enum, held)
    case 'message':
      return documentOf(field.message, held as Message) // as the schema says
    case 'list':
      return (held as unknown[]).map((each) => readItem(field, each)) // as the schema says
    case 'map':
      return Object.fromEntries(
        Object.entries(Object(held)).map(([key, each]) => [key, readItem(field, each)]),
      )
  }
}

const readItem = (field: Extract<DescField, { fieldKind: 'list' | 'map' }>, held: unknown): unknown =>
  field.message === undefined
    ? typeof held === 'bigint'
      ? Number(held)
      : held
    : documentOf(field.message, held as Message)

const writeField = (field: DescField, value: unknown): unknown => {
  switch (field.fieldKind) {
    case 'scalar':
      return writeScalar(field.scalar, value)
    case 'enum':
      return numberOf(field.enum, value)
    case 'message':
      return messageOf(field.message, value)
    case 'list':
      return (value as unknown[]).map((each) => writeItem(field, each)) // as our own document has it
    case 'map':
      return Object.fromEntries(
        Object.entries(Object(value)).map(([key, each]) => [key, writeItem(field, each)]),
      )
  }
}

const writeItem = (field: Extract<DescField, { fieldKind: 'list' | 'map' }>, value: unknown): unknown =>
  field.message === undefined ? writeScalar(field.scalar, value) : messageOf(field.message, value)

const writeScalar = (type: ScalarType | undefined, value: unknown): unknown =>
  type === ScalarType.UINT64 ? BigInt(Number(value)) : value

/** undefined: not said. A number that means nothing here is passed on, and is refused as any unknown word. */
const wordOf = ({ values }: DescEnum, number: unknown): unknown => {
  if (number === 0) return undefined
  const value = values.find((each) => each.number === number)
  return value === undefined ? number : value.localName.toLowerCase().replaceAll('_', '-')
}

const numberOf = (desc: DescEnum, word: unknown): number => {
  const value = desc.values.find(({ number }) => wordOf(desc, number) === word)
  if (value === undefined) throw new Error(`${desc.typeName} has no place for ${String(word)}`)
  return value.number
}

/** Messages that are no objects in JSON. */
const specials: Readonly<
  Record<string, { read(message: Members): unknown; write(value: unknown): Record<string, unknown> }>
> = {
  'google.protobuf.Timestamp': {
    read: ({ seconds, nanos }) => {
      const time = new Date(Number(seconds) * 1_000 + Math.floor(Number(nanos) / 1_000_000))
      return Number.isNaN(time.getTime()) ? `${seconds} s` : time.toISOString()
    },
    write: (text) => {
      const time = Date.parse(String(text))
      const seconds = Math.floor(time / 1_000)
      return { seconds: BigInt(seconds), nanos: (time - seconds * 1_000) * 1_000_000 }
    },
  },
  [AnswerSchema.typeName]: {
    read: ({ value: held }) => {
      const { case: kind, value } = held as { case?: string; value?: unknown } // a oneof
      if (kind === undefined) return null
      return kind === 'choices' ? (value as { ids: string[] }).ids : value // as the schema says
    },
    write: (answer) => ({
      value: Array.isArray(answer)
        ? { case: 'choices', value: { ids: answer } }
        : { case: typeof answer === 'number' ? 'number' : 'text', value: answer },
    }),
  },
}
