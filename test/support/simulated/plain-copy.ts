// What crosses between machines arrives as a copy, and only plain data crosses.

/** Throws for what no wire would carry: functions, classes, symbols. */
export const plainCopy = <Value>(value: Value): Value => copyOf(value) as Value // the same shape, member by member

const copyOf = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    throw new TypeError(`a ${typeof value} cannot cross to another machine`)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return value.slice()
  if (Array.isArray(value)) return value.map(copyOf)
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new TypeError(`${String(value)} is no plain data`)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyOf(member)]))
}
