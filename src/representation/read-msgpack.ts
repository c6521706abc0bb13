// Reads one MessagePack value that could as well have been JSON. Nothing is reserved before the bytes for it are there.
import type { Path } from '../kernel/pointer.ts'
import { accept, type Result } from '../kernel/result.ts'
import { deepest, flaws, type Malformed, malformed } from './codec.ts'
import { flawAt, flawOf, reading } from './flaw.ts'

/** Strings, numbers and keys still have to be examined. */
export const readMsgpack = (bytes: Uint8Array): Result<unknown, Malformed> =>
  reading('The body ends before its value does.', () => {
    const reader = new Reader(bytes)
    const value = reader.value([])
    return reader.left === 0 ? accept(value) : malformed('The body goes on after its value.')
  })

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at
  }

  value(path: Path): unknown {
    const head = this.#uint(1)
    if (head < 0x80) return head
    if (head < 0x90) return this.#object(head & 0x0f, path)
    if (head < 0xa0) return this.#list(head & 0x0f, path)
    if (head < 0xc0) return this.#text(head & 0x1f, path)
    if (head >= 0xe0) return head - 0x100
    switch (head) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xca:
        return this.#view.getFloat32(this.#take(4))
      case 0xcb:
        return this.#view.getFloat64(this.#take(8))
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(2 ** (head - 0xcc))
      case 0xcf:
        return Number(this.#view.getBigUint64(this.#take(8)))
      case 0xd0:
        return this.#view.getInt8(this.#take(1))
      case 0xd1:
        return this.#view.getInt16(this.#take(2))
      case 0xd2:
        return this.#view.getInt32(this.#take(4))
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#take(8)))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(2 ** (head - 0xd9)), path)
      case 0xdc:
      case 0xdd:
        return this.#list(this.#uint(2 ** (head - 0xdb)), path)
      case 0xde:
      case 0xdf:
        return this.#object(this.#uint(2 ** (head - 0xdd)), path)
      default: // c1 is never used, c4–c6 are binary, c7–c9 and d4–d8 extensions
        throw flawAt(path, 'Must be what JSON has too: no binary, no extension.')
    }
  }

  #list(length: number, path: Path): unknown[] {
    this.#enter(path)
    const list: unknown[] = []
    for (let at = 0; at < length; at++) list.push(this.value([...path, at]))
    return list
  }

  #object(length: number, path: Path): Readonly<Record<string, unknown>> {
    this.#enter(path)
    const members = new Map<string, unknown>()
    for (let at = 0; at < length; at++) {
      const key = this.#key(path)
      const inner = [...path, key]
      if (members.has(key)) throw flawAt(inner, flaws.duplicate)
      members.set(key, this.value(inner))
    }
    return Object.fromEntries(members) // defines properties, so that `__proto__` becomes one
  }

  #key(path: Path): string {
    const head = this.#uint(1)
    if (head >= 0xa0 && head < 0xc0) return this.#text(head & 0x1f, path)
    if (head >= 0xd9 && head <= 0xdb) return this.#text(this.#uint(2 ** (head - 0xd9)), path)
    throw flawAt(path, 'Must have strings for keys.')
  }

  #enter(path: Path): void {
    if (path.length >= deepest) throw flawOf(`The body is nested deeper than ${deepest} levels.`)
  }

  #text(length: number, path: Path): string {
    const start = this.#take(length)
    if (length <= 40) {
      const short = this.#ascii(start, length)
      if (short !== null) return short
    }
    try {
      return utf8.decode(this.#bytes.subarray(start, start + length))
    } catch {
      throw flawAt(path, 'Must be UTF-8.')
    }
  }

  /** Most strings of a ballot are short ids: making a decoder's call for each would cost more than the rest. */
  #ascii(start: number, length: number): string | null {
    let text = ''
    for (let at = start; at < start + length; at++) {
      const code = this.#bytes[at] ?? 0x80
      if (code >= 0x80) return null
      text += String.fromCharCode(code)
    }
    return text
  }

  #uint(size: number): number {
    const start = this.#take(size)
    if (size === 1) return this.#view.getUint8(start)
    return size === 2 ? this.#view.getUint16(start) : this.#view.getUint32(start)
  }

  /** Where the next bytes begin; throws a RangeError where there are not as many. */
  #take(size: number): number {
    const start = this.#at
    if (size > this.left) throw new RangeError('the bytes end')
    this.#at += size
    return start
  }
}

/** A leading U+FEFF of a string is text. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
