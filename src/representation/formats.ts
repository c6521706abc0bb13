// The formats answers come in, and the media types a client may ask for them by.
import type { Format } from './codec.ts'
import { encodeJson, json } from './json.ts'
import { encodeProtobuf, protobuf, protobufTypes, type Shape } from './messages.ts'
import { encodeMsgpack, msgpack } from './msgpack.ts'

/** What any resource speaks, in our order of preference. */
export const plainTypes: readonly string[] = [...json.mediaTypes, ...msgpack.mediaTypes]

/** What polls, ballots, proofs and results speak. */
export const votingTypes: readonly string[] = [...plainTypes, ...protobufTypes]

/** The format behind a media type of these. */
export const formatOf = (mediaType: string): Format =>
  msgpack.mediaTypes.includes(mediaType)
    ? 'msgpack'
    : protobufTypes.some((type) => type === mediaType)
      ? 'protobuf'
      : 'json'

/** `shape` is what Protocol Buffers need to know; a resource that has none is not to be asked for in them. */
export const encode = (
  format: Format,
  document: object,
  shape: Shape | null,
): string | Uint8Array<ArrayBuffer> => {
  if (format === 'json') return encodeJson(document)
  if (format === 'msgpack') return encodeMsgpack(document)
  if (shape === null) throw new Error('this resource was offered in Protocol Buffers, but it has no message')
  return encodeProtobuf(shape, document)
}

/** What bodies may be sent in. */
export const bodyFormats = {
  plain: [json, msgpack],
  pollPatch: [{ ...json, mediaTypes: ['application/merge-patch+json', ...json.mediaTypes] }, msgpack],
  pollDraft: [json, msgpack, protobuf('pollDraft')],
  ballotDraft: [json, msgpack, protobuf('ballotDraft')],
} as const
