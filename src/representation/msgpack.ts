// MessagePack, strictly: exactly the JSON model. The library writes; reading is ours (read-msgpack), because the library's
// reader takes invalid UTF-8, lets the last of two equal keys win and makes room for whatever length a header claims.
import { encode } from '@msgpack/msgpack'
import { type Codec, unacceptable } from './codec.ts'
import { examine } from './json-model.ts'
import { readMsgpack } from './read-msgpack.ts'

export const msgpack: Codec = {
  format: 'msgpack',
  mediaTypes: ['application/vnd.msgpack', 'application/msgpack', 'application/x-msgpack'],
  decode: (bytes) => {
    const read = readMsgpack(bytes)
    if (!read.ok) return read
    const { faults } = examine(read.value)
    return faults.length === 0 ? read : unacceptable(faults)
  },
}

/** Members without a value are left out, as JSON does. */
export const encodeMsgpack = (document: unknown): Uint8Array<ArrayBuffer> =>
  encode(document, { ignoreUndefined: true })
