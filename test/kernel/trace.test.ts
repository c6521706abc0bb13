// W3C Trace Context: what names a part of a trace, and what it hands on.
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../src/kernel/random.ts'
import {
  beginTrace,
  carryTrace,
  formatTraceparent,
  parseTraceparent,
  placeUnder,
  traceparentOf,
} from '../../src/kernel/trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const sent = `00-${traceId}-${spanId}-01`

describe('a traceparent', () => {
  test('is read as it was written', () => {
    const place = parseTraceparent(sent)
    expect(place).toEqual({ traceId, spanId, sampled: true })
    expect(place && formatTraceparent(place)).toBe(sent)
    expect(parseTraceparent(`00-${traceId}-${spanId}-00`)?.sampled).toBe(false)
  })

  test('of a later version is read as far as this one goes', () => {
    expect(parseTraceparent(`01-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId, sampled: true })
  })

  test.each([
    null,
    undefined,
    '',
    'nonsense',
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}`,
    `${sent}\n`,
  ])('%j is none', (text) => expect(parseTraceparent(text)).toBeNull())
})

describe('a part of a trace', () => {
  test('goes on with the trace it was called from, under an id of its own', () => {
    const { place } = beginTrace(parseTraceparent(sent), { random: systemRandom, sampled: false })
    expect(place).toMatchObject({ traceId, parentId: spanId, sampled: false })
    expect(place.spanId).toMatch(/^[0-9a-f]{16}$/)
    expect(place.spanId).not.toBe(spanId)
  })

  test('gives each step an id of its own, round the end of the numbers', () => {
    const last = { ...systemRandom, bytes: (length: number) => new Uint8Array(length).fill(255) }
    const part = beginTrace(null, { random: last, sampled: true })
    expect(part.place.spanId).toBe('f'.repeat(16))
    const ids = [part.child(), part.child()].map(({ spanId: id, parentId }) => [id, parentId])
    expect(ids).toEqual([
      ['0'.repeat(16), 'f'.repeat(16)],
      [`${'0'.repeat(15)}1`, 'f'.repeat(16)],
    ])
  })

  test('is handed on only where all keep what they know', () => {
    for (const sampled of [true, false]) {
      const signal = new AbortController().signal
      const part = beginTrace(null, { random: systemRandom, sampled })
      carryTrace(signal, part)
      expect(traceparentOf(signal)).toBe(sampled ? formatTraceparent(part.place) : undefined)
    }
    expect(traceparentOf(new AbortController().signal)).toBeUndefined()
  })

  test('that draws nothing is the same for the same work, and another for other work', () => {
    const place = placeUnder(sent, 'poll_a:0:1')
    expect(place).toMatchObject({ traceId, parentId: spanId, sampled: true })
    expect(placeUnder(sent, 'poll_a:0:1')).toEqual(place)
    expect(placeUnder(sent, 'poll_a:0:2')?.spanId).not.toBe(place?.spanId)
    for (const none of [undefined, null, 7, 'nonsense']) expect(placeUnder(none, 'x')).toBeUndefined()
  })
})
