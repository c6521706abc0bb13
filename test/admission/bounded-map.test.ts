// A map that forgets: what it must still know, and how much it may hold.
import { expect, test } from 'vitest'
import { BoundedMap } from '../../src/kernel/bounded-map.ts'

test('keeps at least the half written last, and never more than it may', () => {
  const map = new BoundedMap<number, string>(100)
  for (let key = 0; key < 1_000; key++) {
    map.set(key, `value ${key}`)
    const kept = Array.from({ length: key + 1 }, (_, at) => map.get(at)).filter(
      (value) => value !== undefined,
    )
    expect(kept.length).toBeLessThanOrEqual(100)
    for (let recent = Math.max(0, key - 49); recent <= key; recent++)
      expect(map.get(recent)).toBe(`value ${recent}`)
  }
})

test('gives the newest value of a key, and none once it is deleted', () => {
  const map = new BoundedMap<string, number>(4)
  map.set('a', 1)
  map.set('b', 2)
  map.set('c', 3)
  map.set('a', 4)
  expect(map.get('a')).toBe(4)
  map.delete('a')
  expect(map.get('a')).toBeUndefined()
})
