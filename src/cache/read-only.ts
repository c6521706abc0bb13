// A tier that somebody else fills: what is read elsewhere is not written into it.
import type { Tier } from './tier.ts'

/** For tiers whose word is believed for long, so that they may have one writer only: a reader that is slow would put what
 *  it read before a change over what came after. Dropping stays: an absence can only make a read slower. */
export const readOnly = <Value>(tier: Tier<Value>): Tier<Value> => ({ ...tier, put: async () => {} })
