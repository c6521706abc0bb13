// Ballot ids carry their shard and seq inside one AES block under the poll's secret: they can be found without an
// index, not guessed, and show no order.
import { fromBase32, toBase32 } from '../../kernel/bytes.ts'
import { decipherBlock, encipherBlock, keyedHash } from '../../kernel/hash.ts'

const prefix = 'bal_'

/** `seq` is that of the ballot's first revision. */
export const ballotIdOf = (secret: Uint8Array, shard: number, seq: number): string => {
  const block = new Uint8Array(16)
  const view = new DataView(block.buffer)
  view.setUint16(0, shard)
  view.setBigUint64(2, BigInt(seq))
  return prefix + toBase32(encipherBlock(idKey(secret), block))
}

/** Where a ballot lies, or null for an id that this poll never gave out (the six spare bytes tell: 1 in 2^48). */
export const locateBallot = (secret: Uint8Array, id: string): { shard: number; seq: number } | null => {
  if (!id.startsWith(prefix)) return null
  const sealed = fromBase32(id.slice(prefix.length))
  if (sealed?.byteLength !== 16) return null
  const block = decipherBlock(idKey(secret), sealed)
  if (block.subarray(10).some((byte) => byte !== 0)) return null
  const view = new DataView(block.buffer)
  return { shard: view.getUint16(0), seq: Number(view.getBigUint64(2)) }
}

/** Derived once a secret: a box makes an id at every cast. */
const idKeys = new WeakMap<Uint8Array, Uint8Array>()

const idKey = (secret: Uint8Array): Uint8Array => {
  const known = idKeys.get(secret)
  if (known !== undefined) return known
  const derived = keyedHash(secret, 'ballot-id').slice(0, 16)
  idKeys.set(secret, derived)
  return derived
}
