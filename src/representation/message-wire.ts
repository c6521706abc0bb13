// A message on the wire, looked at before it is read: the library follows the specification of Protocol Buffers, which
// keeps unknown fields, lets the last of two equal ones win, cuts numbers to size and never compares wire types.
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import type { Path } from '../kernel/pointer.ts'
import { flaws } from './codec.ts'
import { flawAt } from './flaw.ts'
import { ChoicesSchema } from './generated/edgepoll/v1/ballot_pb.ts'

/** What is said of bytes that are something else altogether. */
export const noMessage = 'The body is no message of this kind.'

/** Throws where `bytes` are no message of this kind, or say something unknown or anything twice. Our messages do not
 *  contain themselves, so that nothing nests deeper than they do. */
export const checkWire = (schema: DescMessage, bytes: Uint8Array): void =>
  checkMessage(schema, new BinaryReader(bytes), bytes.byteLength, [])

const checkMessage = (schema: DescMessage, reader: BinaryReader, end: number, path: Path): void => {
  const said = new Set<string>()
  const once = (name: string, at: Path) => {
    if (said.has(name)) throw flawAt(at, flaws.duplicate)
    said.add(name)
  }
  const lengths = new Map<string, number>()
  while (reader.pos < end) {
    const [number, wireType] = reader.tag()
    const field = schema.fields.find((each) => each.number === number)
    if (field === undefined) throw flawAt([...path, number], 'is not known here')
    const at = pathTo(field, path)
    if (field.fieldKind === 'list') {
      const length = lengths.get(field.localName) ?? 0
      lengths.set(field.localName, length + 1)
      checkItem(field, wireType, reader, [...at, length])
    } else if (field.fieldKind === 'map') {
      const key = checkEntry(field, wireType, reader, at)
      once(`${field.localName}/${key}`, [...at, key])
    } else {
      once(field.oneof?.localName ?? field.localName, at)
      checkValue(field, wireType, reader, at)
    }
  }
  if (reader.pos !== end) throw new RangeError('a field reaches beyond its message')
}

/** As in the document: kinds and choices have their members beside them. */
const pathTo = (field: DescField, path: Path): Path =>
  field.oneof !== undefined || field.parent.typeName === ChoicesSchema.typeName
    ? path
    : [...path, field.localName]

type Held = Pick<DescField, 'scalar' | 'message'>

const checkItem = (field: Held, wireType: WireType, reader: BinaryReader, path: Path): void => {
  const packed =
    wireType === WireType.LengthDelimited && field.message === undefined && field.scalar !== ScalarType.STRING
  if (!packed) {
    checkValue(field, wireType, reader, path)
    return
  }
  const end = endOf(reader)
  while (reader.pos < end) checkScalar(field.scalar, scalarWire(field.scalar), reader, path)
}

/** Returns the entry's key. */
const checkEntry = (field: Held, wireType: WireType, reader: BinaryReader, path: Path): string => {
  if (wireType !== WireType.LengthDelimited) throw flawAt(path, mistyped)
  const end = endOf(reader)
  const parts = new Set<number>()
  let key = ''
  while (reader.pos < end) {
    const [part, partType] = reader.tag()
    if (part > 2) throw flawAt([...path, key], 'is not known here')
    if (parts.has(part)) throw flawAt([...path, key], flaws.duplicate)
    parts.add(part)
    if (part === 1) key = text(reader, partType, path)
    else checkValue(field, partType, reader, [...path, key])
  }
  if (reader.pos !== end) throw new RangeError('a field reaches beyond its entry')
  return key
}

const checkValue = (
  { scalar, message }: Held,
  wireType: WireType,
  reader: BinaryReader,
  path: Path,
): void => {
  if (message === undefined) checkScalar(scalar, wireType, reader, path)
  else if (wireType !== WireType.LengthDelimited) throw flawAt(path, mistyped)
  else checkMessage(message, reader, endOf(reader), path)
}

const mistyped = 'Must be of the type that the message says.'

/** `scalar` undefined: an enum. */
const checkScalar = (
  scalar: ScalarType | undefined,
  wireType: WireType,
  reader: BinaryReader,
  path: Path,
): void => {
  if (scalar === ScalarType.STRING) text(reader, wireType, path)
  else if (wireType !== scalarWire(scalar)) throw flawAt(path, mistyped)
  else if (scalar === ScalarType.DOUBLE) reader.double()
  else {
    const signed = scalar === ScalarType.INT32 || scalar === undefined
    const number = BigInt(signed ? reader.int64() : reader.uint64())
    const [least, most] = ranges.get(scalar) ?? [0n, 2n ** 64n]
    if (number < least || number > most) throw flawAt(path, 'Must be in the range of its type.')
  }
}

const ranges: ReadonlyMap<ScalarType | undefined, readonly [bigint, bigint]> = new Map([
  [undefined, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.INT32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.UINT32, [0n, 2n ** 32n - 1n]],
  [ScalarType.SINT32, [0n, 2n ** 32n - 1n]],
  [ScalarType.BOOL, [0n, 1n]],
])

const scalarWire = (scalar: ScalarType | undefined): WireType =>
  scalar === ScalarType.DOUBLE ? WireType.Bit64 : WireType.Varint

const text = (reader: BinaryReader, wireType: WireType, path: Path): string => {
  if (wireType !== WireType.LengthDelimited) throw flawAt(path, mistyped)
  try {
    return reader.string(true)
  } catch (error) {
    if (error instanceof RangeError) throw error // the bytes end
    throw flawAt(path, 'Must be UTF-8.')
  }
}

/** Where what is announced ends; throws where the bytes end before. */
const endOf = (reader: BinaryReader): number => {
  const end = reader.uint32() + reader.pos
  if (end > reader.len) throw new RangeError('the bytes end')
  return end
}
