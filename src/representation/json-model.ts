// What every body must be, whatever format it came in: strings that can be stored, numbers that are exact.
import type { Fault } from '../domain/refusal.ts'
import { mostFaults, mostPointerText, type Path, pointerTo } from '../kernel/pointer.ts'
import { flaws } from './codec.ts'

export interface Examined {
  /** How many members all its objects have together. */
  readonly members: number
  readonly faults: readonly Fault[]
}

/** Examines a JSON value that is nested no deeper than `deepest`. `strings`: whether they need a look. */
export const examine = (value: unknown, strings = true): Examined => {
  const faults: Fault[] = []
  let members = 0
  let said = 0
  const note = (path: () => Path, detail: string) => {
    if (faults.length >= mostFaults || said > mostPointerText) return
    const pointer = pointerTo(path())
    said += pointer.length
    faults.push({ pointer, detail })
  }
  const checkText = (text: string, path: () => Path) => {
    if (!text.isWellFormed()) note(path, flaws.surrogate)
    else if (text.includes('\u0000')) note(path, flaws.nul)
  }
  /** Paths are only made where something is wrong. */
  const walk = (each: unknown, path: () => Path): void => {
    if (typeof each === 'string') {
      if (strings) checkText(each, path)
    } else if (typeof each === 'number') {
      if (!isExact(each)) note(path, flaws.number)
    } else if (Array.isArray(each)) {
      for (let at = 0; at < each.length; at++) walk(each[at], () => [...path(), at])
    } else if (typeof each === 'object' && each !== null) {
      const record = each as Readonly<Record<string, unknown>> // its members are looked at one by one
      for (const key of Object.keys(record)) {
        members++
        const inner = () => [...path(), key]
        if (strings) checkText(key, inner)
        walk(record[key], inner)
      }
    }
  }
  walk(value, () => [])
  return { members, faults }
}

/** A decimal or binary integer beyond ±(2⁵³−1) is never rounded into that range, so the rounded number tells. */
const isExact = (number: number): boolean =>
  Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number))
