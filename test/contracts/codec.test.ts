// The three formats under their one contract.
import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { encode as writeMsgpack } from '@msgpack/msgpack'
import { encode } from '../../src/representation/formats.ts'
import { AnswerSchema } from '../../src/representation/generated/edgepoll/v1/ballot_pb.ts'
import { json } from '../../src/representation/json.ts'
import { loadMessages, protobuf } from '../../src/representation/messages.ts'
import { msgpack } from '../../src/representation/msgpack.ts'
import { codecContract } from './codec.contract.ts'

await loadMessages()

const utf8 = (text: string) => new TextEncoder().encode(text)
const bytes = (...parts: (number | string | Uint8Array)[]) =>
  new Uint8Array(
    parts.flatMap((part) =>
      typeof part === 'number' ? [part] : [...(typeof part === 'string' ? utf8(part) : part)],
    ),
  )

codecContract({
  name: 'JSON',
  codecOf: () => json,
  write: (_shape, document) => utf8(String(encode('json', document, null))),
  kept: (document) => JSON.parse(JSON.stringify(document)),
  flawed: {
    nothing: [bytes(), null],
    'no UTF-8': [bytes('{"answers":{"why":"', 0xff, '"}}'), null],
    'too deep': [utf8(`{"answers":${'['.repeat(32)}${']'.repeat(32)}}`), null],
    'something after the end': [utf8('{"answers":{}}{}'), null],
    'a name twice': [utf8('{"answers":{"a":1,"a":1}}'), '/answers/a'],
    'an integer that is not exact': [utf8('{"answers":{"a":9007199254740992}}'), '/answers/a'],
    'a number without end': [utf8('{"answers":{"a":1e999}}'), '/answers/a'],
    'U+0000': [utf8('{"answers":{"why":"\\u0000"}}'), '/answers/why'],
    'half a surrogate pair': [utf8('{"answers":{"why":"\\udf55"}}'), '/answers/why'],
    'half a surrogate pair in a name': [utf8('{"answers":{"\\udf55":1}}'), '/answers/\udf55'],
  },
})

const answering = (...answer: (number | string | Uint8Array)[]) =>
  bytes(0x81, 0xa7, 'answers', 0x81, 0xa1, 'a', ...answer)

codecContract({
  name: 'MessagePack',
  codecOf: () => msgpack,
  write: (_shape, document) => bytes(encode('msgpack', document, null)),
  kept: (document) => JSON.parse(JSON.stringify(document)),
  flawed: {
    nothing: [bytes(), null],
    'no UTF-8': [answering(0xa1, 0xff), '/answers/a'],
    'no UTF-8, long': [answering(0xd9, 50, 'x'.repeat(49), 0xc3), '/answers/a'],
    'half a surrogate pair': [answering(0xa3, 0xed, 0xbd, 0x95), '/answers/a'],
    'too deep': [answering(...Array(31).fill(0x91), 1), null],
    'too deep within a key': [bytes(...Array(500).fill(0x81)), ''],
    'something after the end': [answering(1, 1), null],
    'a name twice': [bytes(0x81, 0xa7, 'answers', 0x82, 0xa1, 'a', 1, 0xa1, 'a', 1), '/answers/a'],
    'a key that is no string': [bytes(0x81, 0xa7, 'answers', 0x81, 1, 1), '/answers'],
    'an integer that is not exact': [answering(0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0), '/answers/a'],
    'a negative one': [answering(0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0), '/answers/a'],
    'a number that is none': [answering(0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0), '/answers/a'],
    'a number without end': [answering(0xca, 0x7f, 0x80, 0, 0), '/answers/a'],
    'U+0000': [answering(0xa1, 0), '/answers/a'],
    binary: [answering(0xc4, 1, 1), '/answers/a'],
    'a time, which is an extension': [writeMsgpack({ answers: { a: new Date(0) } }), '/answers/a'],
    'an extension': [answering(0xd4, 1, 1), '/answers/a'],
    'the byte that is never used': [answering(0xc1), '/answers/a'],
    'a list that claims four billion entries': [answering(0xdd, 0xff, 0xff, 0xff, 0xff, 1), null],
    'a string that claims four billion bytes': [answering(0xdb, 0xff, 0xff, 0xff, 0xff, 1), null],
  },
})

const answerOf = (value: string | number) =>
  toBinary(
    AnswerSchema,
    create(AnswerSchema, {
      value: typeof value === 'string' ? { case: 'text', value } : { case: 'number', value },
    }),
  )
const writing = (write: (writer: BinaryWriter) => BinaryWriter) => write(new BinaryWriter()).finish()
const entry = (writer: BinaryWriter, key: string | Uint8Array, answer: Uint8Array) => {
  const name = typeof key === 'string' ? utf8(key) : key
  return writer
    .tag(1, WireType.LengthDelimited)
    .fork()
    .tag(1, WireType.LengthDelimited)
    .bytes(name)
    .tag(2, WireType.LengthDelimited)
    .bytes(answer)
    .join()
}
const field = (number: number, type: WireType) => writing((writer) => writer.tag(number, type))

/** Null, and lists and maps without anything, are fields that are not set. */
const setOnly = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(setOnly)
  if (typeof value !== 'object' || value === null) return value
  const left = Object.entries(value).filter(
    ([, each]) => each !== null && !(typeof each === 'object' && Object.keys(each).length === 0),
  )
  return Object.fromEntries(left.map(([name, each]) => [name, setOnly(each)]))
}

codecContract({
  name: 'Protocol Buffers',
  codecOf: (shape) => {
    const { decode, ...codec } = protobuf(shape)
    return {
      ...codec,
      decode: (sent) => {
        const decoded = decode(sent)
        return decoded.ok ? { ok: true, value: setOnly(decoded.value) } : decoded
      },
    }
  },
  write: (shape, document) => bytes(encode('protobuf', document, shape)),
  kept: setOnly,
  flawed: {
    'no UTF-8': [writing((writer) => entry(writer, 'a', bytes(0x1a, 1, 0xff))), '/answers/a'],
    'no UTF-8 in a key': [writing((writer) => entry(writer, bytes(0xff), answerOf('x'))), '/answers'],
    'half a surrogate pair': [
      writing((writer) => entry(writer, 'a', bytes(0x1a, 3, 0xed, 0xbd, 0x95))),
      '/answers/a',
    ],
    'a name twice': [
      writing((writer) => entry(entry(writer, 'a', answerOf(1)), 'a', answerOf(1))),
      '/answers/a',
    ],
    'an answer twice': [
      writing((writer) => entry(writer, 'a', bytes(answerOf(1), answerOf('x')))),
      '/answers/a',
    ],
    'a field twice': [
      writing((writer) =>
        writer.tag(2, WireType.LengthDelimited).string('x').tag(2, WireType.LengthDelimited).string('x'),
      ),
      '/inviteCode',
    ],
    'a field nobody knows': [bytes(field(9, WireType.Varint), 1), '/9'],
    'a field nobody knows, inside': [writing((writer) => entry(writer, 'a', bytes(0x4a, 0))), '/answers/a/9'],
    'a group': [bytes(field(9, WireType.StartGroup), field(9, WireType.EndGroup)), '/9'],
    'a field of another type': [bytes(field(2, WireType.Varint), 1), '/inviteCode'],
    'a number too large for its type': [
      writing((writer) => entry(writer, 'a', bytes(0x10, 0x80, 0x80, 0x80, 0x80, 0x10))),
      '/answers/a',
    ],
    'U+0000': [writing((writer) => entry(writer, 'a', answerOf('\u0000'))), '/answers/a'],
    'a length beyond the end': [bytes(field(2, WireType.LengthDelimited), 0xff, 0xff, 0xff, 0x0f), null],
    'an inner length beyond the outer one': [
      bytes(0x0a, 5, 0x0a, 1, 'a', 0x12, 9, 0x10, 0x02, 0, 0, 0, 0, 0, 0, 0),
      null,
    ],
    'what is no message': [bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff), null],
  },
})
