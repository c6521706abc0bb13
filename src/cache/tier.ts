// One layer of memory. Nearer ones are faster, further ones are shared by more.
import type { Entry } from './entry.ts'

export interface Tier<Value> {
  readonly name: 'isolate' | 'colo' | 'kv' | 'redis'
  /** undefined: nothing remembered. A tier that cannot be asked remembers nothing: it never rejects. */
  get(key: string): Promise<Entry<Value> | undefined>
  /** Never replaces a higher version. Rejects when it could not be written. */
  put(key: string, entry: Entry<Value>): Promise<void>
  /** Rejects when it may still be there. */
  drop(key: string): Promise<void>
}
