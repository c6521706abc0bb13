// A CPU profile as V8 gives it, read: which functions of ours are in it, and how long each ran.
import { SourceMap } from 'node:module'

/** What V8's profiler answers; a `.cpuprofile` file is this as JSON. Times are microseconds, lines and columns from 0. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  readonly endTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface ProfileNode {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

export interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
  readonly columnNumber: number
}

/** A function and all that it called; `selfMicros` is its own share of `micros`. */
export interface Flame {
  readonly name: string
  readonly micros: number
  readonly selfMicros: number
  readonly children: readonly Flame[]
}

/** The same profile with functions called and placed as in the sources that the bundle was made of. */
export const inSources = (profile: CpuProfile, map: RawMap): CpuProfile => {
  const find = sourceFinder(map)
  return {
    ...profile,
    nodes: profile.nodes.map((node) => ({ ...node, callFrame: find(node.callFrame) })),
  }
}

/** What esbuild writes; sources are paths, and their texts lie beside. */
export interface RawMap {
  readonly file?: string
  readonly version: number
  readonly sources: string[]
  readonly sourcesContent: string[]
  readonly names: string[]
  readonly mappings: string
  readonly sourceRoot?: string
}

const sourceFinder = (map: RawMap): ((frame: CallFrame) => CallFrame) => {
  const positions = new SourceMap({ file: '', sourceRoot: '', ...map })
  const texts = new Map(map.sources.map((source, at) => [source, map.sourcesContent[at]?.split('\n') ?? []]))
  return (frame) => {
    if (frame.url === '' || frame.url.startsWith('node')) return frame
    const entry = positions.findEntry(frame.lineNumber, frame.columnNumber)
    if (!('originalSource' in entry)) return frame
    const { originalSource, originalLine, originalColumn } = entry
    const outer = declaredAbove(texts.get(originalSource) ?? [], originalLine)
    return {
      functionName: frame.functionName || (outer === null ? '' : `${outer} › anonymous`),
      url: originalSource,
      lineNumber: originalLine,
      columnNumber: originalColumn,
    }
  }
}

/** Most verbs are `const verb = (needs) => async (…) => …`: what runs has no name, but what it is declared in does. */
const declaredAbove = (lines: readonly string[], line: number): string | null => {
  for (let at = line; at >= 0; at -= 1) {
    const name = /^(?:export )?(?:default )?(?:async )?(?:const|let|var|function\*?|class) (\w+)/.exec(
      lines[at] ?? '',
    )?.[1]
    if (name !== undefined) return name
  }
  return null
}

/** The calls of a profile as a tree, without the time in which nothing ran. */
export const flameOf = (name: string, profile: CpuProfile): Flame => {
  const self = selfMicros(profile)
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const flame = ({ id, callFrame, children = [] }: ProfileNode): Flame => {
    const below = children
      .flatMap((child) => nodes.get(child) ?? [])
      .filter((child) => child.callFrame.functionName !== '(idle)')
      .map(flame)
    const own = self.get(id) ?? 0
    return {
      name: labelOf(callFrame),
      selfMicros: own,
      micros: own + below.reduce((sum, { micros }) => sum + micros, 0),
      children: below.filter(({ micros }) => micros > 0).toSorted((a, b) => b.micros - a.micros),
    }
  }
  const [root] = profile.nodes
  if (root === undefined) throw new Error('The profile is empty: its Worker did nothing.')
  return { ...flame(root), name }
}

export interface Cost {
  readonly name: string
  readonly micros: number
  /** Of all the time in which something ran, 0 … 1. */
  readonly share: number
}

/** Functions by what they took themselves, the dearest first. */
export const costsOf = (flame: Flame): readonly Cost[] => {
  const sums = new Map<string, number>()
  const add = ({ name, selfMicros: own, children }: Flame): void => {
    sums.set(name, (sums.get(name) ?? 0) + own)
    children.forEach(add)
  }
  add(flame)
  return [...sums]
    .filter(([, micros]) => micros > 0)
    .map(([name, micros]) => ({ name, micros, share: micros / flame.micros }))
    .toSorted((a, b) => b.micros - a.micros)
}

/** `cast src/ballot-box/client.ts:14`; what is of the runtime has its name alone. */
export const labelOf = ({ functionName, url, lineNumber }: CallFrame): string => {
  const name = functionName || '(anonymous)'
  return url === '' ? name : `${name} ${url.replace(/^.*node_modules\//, '')}:${lineNumber + 1}`
}

const selfMicros = ({ samples, timeDeltas }: CpuProfile): ReadonlyMap<number, number> => {
  const sums = new Map<number, number>()
  samples.forEach((id, at) => {
    sums.set(id, (sums.get(id) ?? 0) + Math.max(0, timeDeltas[at] ?? 0))
  })
  return sums
}
