// The four things a stateful object asks of its storage. A Durable Object's SQLite and node:sqlite both give them,
// held to one contract suite (test/contracts/object-storage).

export type SqlValue = string | number | null | Uint8Array

export interface ObjectStorage {
  /** Every row of a query; blobs arrive as Uint8Array whatever the engine gives. */
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[]
  /** Runs a statement and returns the rows it wrote, as the platform bills them where it can count. */
  run(sql: string, ...values: readonly SqlValue[]): number
  /** All of `work` or nothing of it. Synchronous by type: an await inside would let others in between. */
  transaction<Value>(work: () => Value extends PromiseLike<unknown> ? never : Value): Value
  /** Calls the object's `wake` at a time (milliseconds since the epoch), replacing an earlier wish. Survives restarts. */
  wakeAt(time: number): void
}
