// Draws the surge: three small charts above each other that share the offered load, for light and dark pages alike.
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { boxCapacity, type SurgeStep } from '../measure/surge-steps.ts'
import { spreadOf } from '../rounds.ts'
import type { SurgeRound } from '../rows/surge.ts'

type Side = 'ours' | 'off'

/** What the rounds say of one step of one side: medians. */
interface Point {
  readonly side: Side
  readonly times: number
  readonly goodput: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const names: Readonly<Record<Side, string>> = { ours: 'with shedding', off: 'without' }
const inks: Readonly<Record<Side, string>> = { ours: 'var(--ours)', off: 'var(--off)' }

/** An SVG document of rounds as the row `SURGE` measures them. */
export const drawSurge = (samples: readonly unknown[]): string => {
  const points = pointsOf(samples as readonly SurgeRound[]) // the row's own
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const panels = panelsOf(points).map((panel) => chart(panel, points, document))
  const height = top + panels.length * panelHeight + bottom
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">One ballot box under a surge</title>`,
    `<desc id="description">${describe(points)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="6"/>`,
    `<text class="heading" x="${left}" y="28">One ballot box under a surge</text>`,
    `<text class="under" x="${left}" y="47">offered 0.5 to 16 times the ${boxCapacity} ballots a second it can take</text>`,
    ...panels.map((panel, at) => `<g transform="translate(0 ${top + at * panelHeight})">${panel}</g>`),
    `<text class="axis" x="${left + (width - left - right) / 2}" y="${height - 14}" text-anchor="middle">offered load, in multiples of the box’s capacity</text>`,
    '</svg>',
    '',
  ].join('\n')
}

interface Panel {
  readonly title: string
  readonly of: (point: Point) => number
  readonly y: Plot.ScaleOptions
}

const [width, panelHeight, top, bottom, left, right] = [760, 170, 62, 36, 64, 130] as const

const panelsOf = (points: readonly Point[]): readonly Panel[] => {
  const slowest = Math.max(...points.map(({ p99Ms }) => p99Ms))
  const decades = Math.max(1, Math.ceil(Math.log10(slowest)))
  const waits: Plot.ScaleOptions = {
    type: 'log',
    domain: [1, 10 ** decades],
    ticks: Array.from({ length: decades + 1 }, (_, decade) => 10 ** decade),
    tickFormat: (ms: number) => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`),
  }
  return [
    {
      title: 'Goodput: ballots a second, accepted within a second',
      of: ({ goodput }) => goodput,
      y: { domain: [0, boxCapacity * 1.15], ticks: [0, boxCapacity / 2, boxCapacity] },
    },
    { title: 'Median wait of an accepted ballot', of: ({ p50Ms }) => Math.max(1, p50Ms), y: waits },
    { title: 'Wait of the slowest in a hundred (p99)', of: ({ p99Ms }) => Math.max(1, p99Ms), y: waits },
  ]
}

/** The inside of one panel's SVG: Plot draws it, the document around it is ours. */
const chart = (
  { title, of, y }: Panel,
  points: readonly Point[],
  document: ReturnType<typeof parseHTML>['document'],
): string => {
  const drawn = Plot.plot({
    document,
    width,
    height: panelHeight,
    ...margins,
    x: {
      type: 'log',
      base: 2,
      ticks: [0.5, 1, 2, 4, 8, 16],
      tickFormat: (times: number) => `${times}×`,
      label: null,
    },
    y: { ...y, grid: true, label: null },
    marks: [
      Plot.ruleX([1], { strokeDasharray: '2 3', strokeOpacity: 0.6 }),
      Plot.line(points, {
        x: 'times',
        y: of,
        z: 'side',
        stroke: ({ side }: Point) => inks[side],
        strokeWidth: 2,
        marker: 'dot',
      }),
      ...labelsOf(points, of, y).map(({ point, dy }) =>
        Plot.text([point], {
          x: 'times',
          y: of,
          text: () => names[point.side],
          fill: inks[point.side],
          fontWeight: 600,
          fontSize: 12,
          textAnchor: 'start',
          dx: 10,
          dy,
        }),
      ),
    ],
  })
  // Plot's own style sheet says what ours says; what is left are the marks.
  const marks = drawn.innerHTML.replace(/<style>[\s\S]*?<\/style>/, '')
  return `<text class="panel" x="${left}" y="18">${title}</text><g text-anchor="middle">${marks}</g>`
}

const margins = { marginLeft: left, marginRight: right, marginTop: 34, marginBottom: 24 } as const

/** The last point of each side, and how far its name must move so that the two do not cover each other. */
const labelsOf = (points: readonly Point[], of: Panel['of'], y: Plot.ScaleOptions) => {
  const range = [panelHeight - margins.marginBottom, margins.marginTop]
  const scale = Plot.scale({ y: { ...y, range } })
  const ends = (['ours', 'off'] as const).flatMap((side) => {
    const point = points.findLast((each) => each.side === side)
    return point === undefined ? [] : [{ point, at: Number(scale.apply(of(point))) }]
  })
  const [upper, lower] = ends.toSorted((one, other) => one.at - other.at)
  const apart = upper === undefined || lower === undefined ? lineHeight : lower.at - upper.at
  const move = Math.max(0, (lineHeight - apart) / 2)
  return ends.map((end) => ({ point: end.point, dy: end === upper ? -move : end === lower ? move : 0 }))
}

const lineHeight = 15

const pointsOf = (rounds: readonly SurgeRound[]): readonly Point[] =>
  (['ours', 'off'] as const).flatMap((side) => {
    const times = rounds[0]?.[side].map((step) => step.times) ?? []
    return times.map((each): Point => {
      const steps = rounds.flatMap((round) => round[side].filter((step) => step.times === each))
      const median = (of: (step: SurgeStep) => number) => spreadOf(steps.map(of)).median
      return {
        side,
        times: each,
        goodput: median(({ goodput }) => goodput),
        p50Ms: median(({ p50Ms }) => p50Ms),
        p99Ms: median(({ p99Ms }) => p99Ms),
      }
    })
  })

const describe = (points: readonly Point[]): string =>
  points
    .filter(({ times }) => times === 1 || times === 16)
    .map(
      ({ side, times, goodput, p50Ms, p99Ms }) =>
        `At ${times} times its capacity, ${names[side]}: ${Math.round(goodput)} ballots a second, median wait ${Math.round(p50Ms)} ms, p99 ${Math.round(p99Ms)} ms.`,
    )
    .join(' ')

/** Light unless the page around it is dark; nothing in it needs both. */
const style = `
:root { --ink: #1c1d22; --soft: #5d606b; --page: #ffffff; --ours: #0b6e5f; --off: #b3470b; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef2; --soft: #a4a8b4; --page: #15171c; --ours: #4fd0b8; --off: #ff9a5c; } }
svg { color: var(--soft); fill: currentColor; font: 11px system-ui, sans-serif; }
.page { fill: var(--page); }
.heading { fill: var(--ink); font-size: 17px; font-weight: 650; }
.under, .axis { font-size: 12px; }
.panel { fill: var(--ink); font-size: 12.5px; font-weight: 600; }
[aria-label="line"] { fill: none; }
text { font-variant-numeric: tabular-nums; }
`
