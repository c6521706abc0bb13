// Which members a JSON text names twice. Only asked when it is known that it does.
import type { Fault } from '../domain/refusal.ts'
import { mostFaults, mostPointerText, pointerTo } from '../kernel/pointer.ts'
import { flaws } from './codec.ts'
import { endOfString } from './json-text.ts'

/** An object or list that is being read. */
interface Level {
  /** null: a list. */
  readonly names: Set<string> | null
  /** The member or place being read. */
  step: string | number
}

/** `text` is JSON, nested no deeper than `deepest`. */
export const duplicatesIn = (text: string): readonly Fault[] => {
  const levels: Level[] = []
  const pointers = new Set<string>()
  let naming = false
  let said = 0
  for (let at = 0; at < text.length && pointers.size < mostFaults && said <= mostPointerText; at++) {
    const level = levels.at(-1)
    switch (text[at]) {
      case '{':
        levels.push({ names: new Set(), step: '' })
        naming = true
        break
      case '[':
        levels.push({ names: null, step: 0 })
        naming = false
        break
      case '}':
      case ']':
        levels.pop()
        naming = false
        break
      case ',':
        naming = level?.names != null
        if (typeof level?.step === 'number') level.step++
        break
      case '"': {
        const end = endOfString(text, at)
        if (naming && level?.names) {
          level.step = JSON.parse(text.slice(at, end + 1))
          if (level.names.has(String(level.step))) {
            const pointer = pointerTo(levels.map(({ step }) => step))
            said += pointer.length
            pointers.add(pointer)
          }
          level.names.add(String(level.step))
          naming = false
        }
        at = end
      }
    }
  }
  return [...pointers].map((pointer) => ({ pointer, detail: flaws.duplicate }))
}
