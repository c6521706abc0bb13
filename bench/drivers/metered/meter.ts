// Counts what Durable Objects do, in the units the platform bills: rows as its SQLite reports them, requests, alarms, messages.
// One meter for all objects of an isolate. It hangs on the objects' storage from outside: nothing in production knows of it.

export interface Bill {
  readonly rowsRead: number
  readonly rowsWritten: number
  /** Each is billed as a row written. */
  readonly alarmsSet: number
  /** Commits of ballots: rows of a box's log. */
  readonly commits: number
  /** Calls from outside and alarms, by class and method: `BallotBox.cast`. Each is billed as a request. */
  readonly requests: Readonly<Record<string, number>>
  readonly messages: number
  /** Chunks of 64 KB in those messages: a queue bills each when it is written, read and deleted. */
  readonly messageChunks: number
}

const chunkBytes = 65_536

/** A meter that reads zero. */
export const createMeter = () => {
  let [rowsRead, rowsWritten, alarmsSet, commits, messages, messageChunks] = [0, 0, 0, 0, 0, 0]
  const requests = new Map<string, number>()
  /** Its numbers are complete once it has been read to its end, which the objects do before the next statement. */
  let lastCursor: SqlStorageCursor<Record<string, SqlStorageValue>> | null = null

  const settle = (): void => {
    rowsRead += lastCursor?.rowsRead ?? 0
    rowsWritten += lastCursor?.rowsWritten ?? 0
    lastCursor = null
  }

  return {
    /** From now on what this object stores is counted. */
    watchStorage(storage: DurableObjectStorage): void {
      const exec = storage.sql.exec.bind(storage.sql)
      const counted: SqlStorage['exec'] = (query, ...bindings) => {
        settle()
        if (query.startsWith('insert into log ')) commits += 1
        const cursor = exec<never>(query, ...bindings)
        lastCursor = cursor
        return cursor
      }
      Object.defineProperty(storage.sql, 'exec', { value: counted })
      const setAlarm = storage.setAlarm.bind(storage)
      const countedAlarm: DurableObjectStorage['setAlarm'] = (time, options) => {
        alarmsSet += 1
        return setAlarm(time, options)
      }
      Object.defineProperty(storage, 'setAlarm', { value: countedAlarm })
    },

    /** Makes every method of `base` on `prototype` count its calls. */
    watchRequests(prototype: object, base: object, className: string): void {
      for (const name of Object.getOwnPropertyNames(base)) {
        const method: unknown = Reflect.get(base, name)
        if (name === 'constructor' || typeof method !== 'function') continue
        const kind = `${className}.${name}`
        const counted = function (this: unknown, ...values: unknown[]): unknown {
          requests.set(kind, (requests.get(kind) ?? 0) + 1)
          return Reflect.apply(method, this, values)
        }
        Object.defineProperty(prototype, name, { value: counted, configurable: true })
      }
    },

    /** The same queue, counting. */
    watchQueue(queue: Queue): Pick<Queue, 'sendBatch'> {
      return {
        sendBatch: (batch) => {
          for (const { body } of batch) {
            messages += 1
            messageChunks += Math.ceil(new TextEncoder().encode(JSON.stringify(body)).byteLength / chunkBytes)
          }
          return queue.sendBatch(batch)
        },
      }
    },

    bill(): Bill {
      settle()
      return {
        rowsRead,
        rowsWritten,
        alarmsSet,
        commits,
        requests: Object.fromEntries(requests),
        messages,
        messageChunks,
      }
    },
  }
}

export type Meter = ReturnType<typeof createMeter>

/** What came to the bill between two readings. */
export const billBetween = (before: Bill, after: Bill): Bill => ({
  rowsRead: after.rowsRead - before.rowsRead,
  rowsWritten: after.rowsWritten - before.rowsWritten,
  alarmsSet: after.alarmsSet - before.alarmsSet,
  commits: after.commits - before.commits,
  requests: Object.fromEntries(
    Object.entries(after.requests)
      .map(([kind, calls]) => [kind, calls - (before.requests[kind] ?? 0)] as const)
      .filter(([, calls]) => calls > 0),
  ),
  messages: after.messages - before.messages,
  messageChunks: after.messageChunks - before.messageChunks,
})

/** All requests of a bill. */
export const requestsOf = ({ requests }: Bill): number =>
  Object.values(requests).reduce((sum, calls) => sum + calls, 0)
