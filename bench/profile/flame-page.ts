// A flame graph as one HTML file that needs no network: d3-flame-graph, its style and the tree in it.
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Flame } from './cpu-profile.ts'

/** The page; `about` says above the graph what was measured. */
export const flamePage = async (title: string, about: string, flame: Flame): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'flame-chart.mjs')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    // Two files, were they written: the library brings its style as an import.
    outdir: '.',
    logLevel: 'silent',
  })
  const [script = '', style = ''] = ['.js', '.css'].map(
    (kind) => outputFiles.find(({ path }) => path.endsWith(kind))?.text,
  )
  return [
    '<!doctype html>',
    `<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>`,
    `<style>${style}`,
    'body { font: 14px system-ui, sans-serif; margin: 1rem } #details { min-height: 1.5em }</style>',
    `<h1>${escaped(title)}</h1><p>${escaped(about)} A click widens a function to the whole width.</p>`,
    '<label>Search <input id="search"></label>',
    '<div id="chart"></div><div id="details"></div>',
    `<script type="application/json" id="tree">${inScript(JSON.stringify(chartOf(flame)))}</script>`,
    `<script type="module">${inScript(script)}</script></html>`,
    '',
  ].join('\n')
}

/** As the library wants it; times are whole microseconds. */
interface ChartNode {
  readonly name: string
  readonly value: number
  readonly self: number
  readonly children: readonly ChartNode[]
}

const chartOf = ({ name, micros, selfMicros, children }: Flame): ChartNode => ({
  name,
  value: micros,
  self: selfMicros,
  children: children.map(chartOf),
})

/** Nothing in it ends the element it stands in. */
const inScript = (text: string): string => text.replaceAll('</', '<\\/')

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
