// A CPU profile read: times of functions, and their names in the sources.
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import {
  type CallFrame,
  type CpuProfile,
  costsOf,
  flameOf,
  inSources,
  labelOf,
} from '../../bench/profile/cpu-profile.ts'

const frame = (functionName: string, place: Partial<CallFrame> = {}): CallFrame => ({
  functionName,
  url: '',
  lineNumber: -1,
  columnNumber: -1,
  ...place,
})

/** Root calls a, a calls b; besides nothing ran for a while. */
const aProfile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 4] },
    { id: 2, callFrame: frame('a'), children: [3] },
    { id: 3, callFrame: frame('b') },
    { id: 4, callFrame: frame('(idle)') },
  ],
  startTime: 0,
  endTime: 100,
  samples: [2, 3, 4, 3],
  timeDeltas: [10, 20, 50, 5],
}

describe('the flame of a profile', () => {
  it('gives a function what it and all that it called took, and leaves out the time in which nothing ran', () => {
    const flame = flameOf('edge', aProfile)
    expect(flame).toMatchObject({ name: 'edge', micros: 35, selfMicros: 0 })
    expect(flame.children).toEqual([
      {
        name: 'a',
        micros: 35,
        selfMicros: 10,
        children: [{ name: 'b', micros: 25, selfMicros: 25, children: [] }],
      },
    ])
  })

  it('sums up what each function took itself, the dearest first', () => {
    expect(costsOf(flameOf('edge', aProfile))).toEqual([
      { name: 'b', micros: 25, share: 25 / 35 },
      { name: 'a', micros: 10, share: 10 / 35 },
    ])
  })

  it('says so when there is nothing in it', () => {
    expect(() => flameOf('edge', { ...aProfile, nodes: [] })).toThrow('empty')
  })
})

describe('names in the sources', () => {
  const source = ['// first', 'export const verb = (needs) =>', '  (order) => needs + order', ''].join('\n')
  const { code, map } = bundled(source)

  it('a function without a name is called after what it is declared in', () => {
    const line = code.split('\n').findIndex((text) => text.includes('=> (order)'))
    const columnNumber = code.split('\n')[line]?.indexOf('(order)') ?? 0
    const at = frame('', { url: 'index.js', lineNumber: line, columnNumber })
    const found = inSources({ ...aProfile, nodes: [{ id: 1, callFrame: at }] }, map).nodes[0]?.callFrame
    expect(found && labelOf(found)).toBe('verb › anonymous verb.js:3')
  })

  it('what is of the runtime keeps its name', () => {
    const nodes = [{ id: 1, callFrame: frame('Response') }]
    expect(inSources({ ...aProfile, nodes }, map).nodes).toEqual(nodes)
  })
})

function bundled(contents: string) {
  const { outputFiles } = buildSync({
    stdin: { contents, sourcefile: 'verb.js', resolveDir: '.' },
    bundle: true,
    format: 'esm',
    sourcemap: 'external',
    outfile: 'out.js',
    write: false,
  })
  const text = (kind: string) => outputFiles.find(({ path }) => path.endsWith(kind))?.text ?? ''
  return { code: text('.js'), map: JSON.parse(text('.map')) }
}
