// Protocol Buffers, loaded at the first need: descriptors are built as their modules load, and a start should not wait for
// what few requests ask for.
import type { Codec } from './codec.ts'
import type { KnownFields } from './fields.ts'
import type { Shape } from './protobuf.ts'

export type { Shape }

type Messages = typeof import('./protobuf.ts') & typeof import('./known-fields.ts')

let loaded: Messages | null = null

/** To be awaited before anything below is used; costs nothing the second time. */
export const loadMessages = async (): Promise<void> => {
  loaded ??= { ...(await import('./protobuf.ts')), ...(await import('./known-fields.ts')) }
}

const messages = (): Messages => {
  if (loaded === null) throw new Error('Protocol Buffers are used before they are loaded')
  return loaded
}

export const protobufTypes = ['application/protobuf', 'application/x-protobuf'] as const

/** Bodies of one shape. */
export const protobuf = (shape: Shape): Codec => ({
  format: 'protobuf',
  mediaTypes: protobufTypes,
  prepare: loadMessages,
  decode: (bytes) => messages().decodeShape(shape, bytes),
})

export const encodeProtobuf = (shape: Shape, document: object): Uint8Array<ArrayBuffer> =>
  messages().encodeShape(shape, document)

/** The members of a poll, and of its results, that may be chosen. */
export const pollFields = (): KnownFields => messages().pollFields()
export const resultsFields = (): KnownFields => messages().resultsFields()
