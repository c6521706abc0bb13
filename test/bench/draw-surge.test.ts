// The drawing of the surge: one SVG document that names its curves, tells its story in words, and reads on light and dark.
import { parseHTML } from 'linkedom'
import { expect, it } from 'vitest'
import { drawSurge } from '../../bench/surge/draw-surge.ts'

const times = [0.5, 1, 16]

const steps = (p99Ms: readonly number[], goodput: readonly number[]) =>
  times.map((each, at) => ({ times: each, goodput: goodput[at], p50Ms: 5, p99Ms: p99Ms[at] }))

const round = (worst: number) => ({
  ours: steps([10, 20, 30], [100, 200, 195]),
  off: steps([10, 900, worst], [100, 190, 2]),
})

const svg = drawSurge([round(9_000), round(10_000), round(9_500)])
const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`)
const texts = () => [...document.querySelectorAll('text')].map(({ textContent }) => textContent)

it('has three panels, and in each both curves with their names beside them', () => {
  const curves = [...document.querySelectorAll('[aria-label="line"] path')]
  expect(curves).toHaveLength(6)
  for (const path of curves) expect(path.getAttribute('d')).toMatch(/^M[\d.,L-]+$/)
  expect(texts().filter((text) => text === 'with shedding')).toHaveLength(3)
  expect(texts().filter((text) => text === 'without')).toHaveLength(3)
})

it('has a mark for every step of the offered load', () => {
  for (const each of ['0.5×', '1×', '2×', '4×', '8×', '16×']) expect(texts()).toContain(each)
})

it('tells in words what it shows: the medians of the rounds', () => {
  const labels = document.querySelector('svg')?.getAttribute('aria-labelledby')?.split(' ') ?? []
  const [title, description] = labels.map((id: string) => document.getElementById(id)?.textContent)
  expect(title).toBe('One ballot box under a surge')
  expect(description).toContain(
    'At 16 times its capacity, with shedding: 195 ballots a second, median wait 5 ms, p99 30 ms.',
  )
  expect(description).toContain(
    'At 16 times its capacity, without: 2 ballots a second, median wait 5 ms, p99 9500 ms.',
  )
})

it('has inks for a light page and for a dark one, and loads and runs nothing', () => {
  expect(svg).toContain('prefers-color-scheme: dark')
  expect(svg).not.toMatch(/<script|href=|url\((?!#)|@import|NaN|undefined/)
})
