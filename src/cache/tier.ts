// One layer of memory. Nearer ones are faster, further ones are shared by more.
import type { Entry } from './entry.ts'

export interface Tier<Value> {
  readonly name: 'isolate' | 'colo' | 'kv' | 'redis'
  /** undefined: nothing remembered. A tier that cannot be asked remembers nothing: it never rejects. */
  get(key: string): Promise<Entry<Value> | undefined>
  /** Never replaces a higher version. */
  put(key: string, entry: Entry<Value>): Promise<void>
  drop(key: string): Promise<void>
}
