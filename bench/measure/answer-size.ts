// How large answers are on their way: a page with all it loads, and results in each format.
import { gzipBytesOf } from './worker-size.ts'

export interface AnswerSize {
  readonly bytes: number
  readonly gzipBytes: number
}

/** The answer's size, or null where it is not offered (406). */
export const measureAnswer = async (url: string, accept: string): Promise<AnswerSize | null> => {
  const response = await fetch(url, { headers: { accept } })
  const body = new Uint8Array(await response.arrayBuffer())
  if (response.status === 406) return null
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`)
  return { bytes: body.byteLength, gzipBytes: gzipBytesOf(body) }
}

/** A page, and the scripts and styles it names, by path without the names that change. */
export const measurePage = async (url: string): Promise<Readonly<Record<string, AnswerSize>>> => {
  const html = await (await fetch(url, { headers: { accept: 'text/html' } })).text()
  const named = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(
    (found) => found[1] ?? '',
  )
  const sizes: [string, AnswerSize][] = [
    ['html', { bytes: Buffer.byteLength(html), gzipBytes: gzipBytesOf(html) }],
  ]
  for (const path of new Set(named)) {
    const size = await measureAnswer(new URL(path, url).href, '*/*')
    if (size !== null) sizes.push([path.endsWith('.js') ? 'script' : 'style', size])
  }
  return Object.fromEntries(sizes)
}
