// A request body as JSON: read no further than its cap, decoded strictly, and refused in words, never by a throw.
import { describe, expect, test } from 'vitest'
import { readJson } from '../../src/representation/read-json.ts'

const limit = 1_000

interface Sent {
  readonly body: BodyInit | null
  readonly headers?: Record<string, string>
}

const read = ({ body, headers = {} }: Sent) =>
  readJson(
    new Request('https://edge.test/', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
      duplex: 'half', // undici wants it said for streams
    } as RequestInit),
    limit,
  )

const reasonOf = async (sent: Sent) => {
  const result = await read(sent)
  return result.ok ? 'accepted' : result.refusal.reason
}

/** A body that comes in chunks, and notes how many were taken from it. */
const streamed = (chunks: Iterable<Uint8Array>) => {
  const source = chunks[Symbol.iterator]()
  const stream = {
    taken: 0,
    cancelled: false,
    body: new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const { value, done } = source.next()
          if (done) return controller.close()
          stream.taken++
          controller.enqueue(value)
        },
        cancel() {
          stream.cancelled = true
        },
      },
      { highWaterMark: 0 },
    ),
  }
  return stream
}

const bytes = (text: string) => new TextEncoder().encode(text)

describe('a body', () => {
  test.each<[string, unknown]>([
    ['{"answers":{"where":["pizza"]}}', { answers: { where: ['pizza'] } }],
    ['[]', []],
    ['null', null],
    ['"because 🍕"', 'because 🍕'],
    ['  {"a" : 1}\n', { a: 1 }],
  ])('%s is read', async (body, value) => {
    expect(await read({ body })).toEqual({ ok: true, value })
  })

  test('that begins with a byte order mark is read without it', async () => {
    expect(await read({ body: '\ufeff{"a":1}' })).toEqual({ ok: true, value: { a: 1 } })
  })

  test('that comes in pieces, cut through a character, is read whole', async () => {
    const whole = bytes('{"why":"🍕é"}')
    const pieces = Array.from(whole, (byte) => new Uint8Array([byte]))
    expect(await read({ body: streamed(pieces).body })).toEqual({ ok: true, value: { why: '🍕é' } })
  })

  test('that names a member as inherited ones are called is read as it stands', async () => {
    const result = await read({ body: '{"__proto__":{"admin":true},"constructor":1}' })
    if (!result.ok) throw new Error(result.refusal.reason)
    expect(Object.keys(Object(result.value))).toEqual(['__proto__', 'constructor'])
    expect(Object(result.value).admin).toBeUndefined()
  })
})

describe('what is no JSON is malformed', () => {
  test.each<[string, BodyInit | null]>([
    ['nothing at all', null],
    ['an empty text', ''],
    ['half an object', '{"a":'],
    ['two values', '{} {}'],
    ['a comment', '{} // why'],
    ['a form', 'a=1&b=2'],
    ['a naked word', 'pizza'],
    ['NaN', 'NaN'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ['an overlong encoding', new Uint8Array([0x22, 0xc0, 0xaf, 0x22])],
    ['half a surrogate pair in UTF-8', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a text cut within a character', bytes('"é').slice(0, 2)],
    ['something compressed', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ])('%s', async (_what, body) => {
    expect(await reasonOf({ body })).toBe('body-malformed')
  })

  test('a member named twice, because readers would differ about which counts', async () => {
    expect(await reasonOf({ body: '{"answers":{"where":["pizza"]},"answers":{"where":["sushi"]}}' })).toBe(
      'body-malformed',
    )
    expect(await reasonOf({ body: '{"a":[{"b":1,"b":2}]}' })).toBe('body-malformed')
    expect(await reasonOf({ body: '{"a":1,"\\u0061":2}' })).toBe('body-malformed')
    expect(await reasonOf({ body: '{"a":{"x":1},"b":{"x":1}}' })).toBe('accepted')
  })

  test('a whole number that cannot be kept exactly', async () => {
    expect(await reasonOf({ body: '{"a":9007199254740993}' })).toBe('body-malformed')
    expect(await reasonOf({ body: '{"a":9007199254740991}' })).toBe('accepted')
    expect(await reasonOf({ body: '{"a":"9007199254740993"}' })).toBe('accepted')
  })
})

describe('nesting', () => {
  const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels)

  test('is read to 32 levels', async () => {
    expect(await reasonOf({ body: nested(32) })).toBe('accepted')
  })

  test.each([
    ['33 lists', nested(33)],
    ['400 lists', nested(400)],
    ['33 objects', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`],
    ['only opening brackets', '['.repeat(900)],
  ])('of %s is refused before anything recurses', async (_what, body) => {
    expect(await reasonOf({ body })).toBe('body-malformed')
  })

  test('is not what stands in a string', async () => {
    expect(await reasonOf({ body: JSON.stringify('['.repeat(500)) })).toBe('accepted')
    expect(await reasonOf({ body: JSON.stringify(`"\\${'{'.repeat(300)}\\\\`) })).toBe('accepted')
  })
})

describe('size', () => {
  const text = (size: number) => JSON.stringify('x'.repeat(size - 2))

  test('is taken up to the cap, in bytes', async () => {
    expect(await reasonOf({ body: text(limit) })).toBe('accepted')
    expect(await reasonOf({ body: text(limit + 1) })).toBe('body-too-large')
    expect(await reasonOf({ body: JSON.stringify('é'.repeat(limit / 2)) })).toBe('body-too-large')
  })

  test('that a client admits is refused without reading', async () => {
    const endless = streamed(pieces())
    const reason = await reasonOf({ body: endless.body, headers: { 'Content-Length': '2000' } })
    expect(reason).toBe('body-too-large')
    expect(endless.taken).toBe(0)
  })

  // One that understates it is cut off there by HTTP itself: test/system/whole-life.test.ts has the proof.
  test('that a client does not tell is found out by reading to the cap, and no further', async () => {
    const endless = streamed(pieces())
    expect(await reasonOf({ body: endless.body })).toBe('body-too-large')
    expect(endless.taken).toBeLessThanOrEqual(11)
    expect(endless.cancelled).toBe(true)
  })

  test('says what the cap is', async () => {
    expect(await read({ body: text(limit + 1) })).toEqual({
      ok: false,
      refusal: { reason: 'body-too-large', limitBytes: limit },
    })
  })
})

describe('a client that goes away in the middle', () => {
  test('has sent a malformed body: nothing unexpected happened here', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes('{"a":'))
        controller.error(new TypeError('the connection was lost'))
      },
    })
    expect(await reasonOf({ body: broken })).toBe('body-malformed')
  })
})

describe('the media type', () => {
  const reason = (type: string) => reasonOf({ body: '{}', headers: { 'Content-Type': type } })

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    ' application/json ;x=y',
  ])('%j is understood', async (type) => {
    expect(await reason(type)).toBe('accepted')
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data',
    'json',
    '',
  ])('%j is not', async (type) => {
    expect(await reason(type)).toBe('media-type-unsupported')
  })

  test('is looked at before the body', async () => {
    const endless = streamed(pieces())
    await reasonOf({ body: endless.body, headers: { 'Content-Type': 'text/plain' } })
    expect(endless.taken).toBe(0)
  })
})

/** A body without end, a hundred bytes at a time. */
function* pieces(): Generator<Uint8Array> {
  yield bytes('"')
  while (true) yield bytes('x'.repeat(100))
}
