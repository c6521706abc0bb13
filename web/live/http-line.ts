// A line by HTTP, for where sockets do not get through: a stream of events, or one answer that says when to ask again.
import type { OpenLine } from './line.ts'

type Fetch = (url: URL, init: RequestInit) => Promise<Response>

/** What it is depends on what `url` answers: server-sent events, each the whole document, or the document. Events come by
 *  `fetch` and not by EventSource, which returns in step with all others and keeps to itself what was answered.
 *  What has not changed since the last answer is not sent again: the browser's cache sees to that. */
export const httpLine =
  (fetch: Fetch, url: URL, headers: (version: number) => Record<string, string>): OpenLine =>
  (version, { heard, ended }) => {
    const listen = async (answer: Response): Promise<void> => {
      if (!answer.ok)
        return ended(refusals.includes(answer.status) ? 'refused' : 'lost', msIn(answer, 'Retry-After'))
      const type = answer.headers.get('Content-Type')
      if (type?.includes('json')) {
        heard(await answer.text())
        return ended('done', msIn(answer, 'Edgepoll-Poll-After'))
      }
      if (type?.includes('event-stream')) await readLines(answer, heard)
      ended('lost', 0) // also where somebody else answers, as the gate of a hotel's network does
    }
    const abort = new AbortController()
    fetch(url, { headers: headers(version), cache: 'no-cache', signal: abort.signal })
      .then(listen)
      .catch(() => ended('lost', 0))
    return { close: () => abort.abort() }
  }

/** A document is one line of its event; all others only show that the stream lives. */
const readLines = async ({ body }: Response, heard: (line: string) => void): Promise<void> => {
  const pieces = body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (let piece = await pieces?.read(); piece?.value; piece = await pieces?.read()) {
    const lines = (rest + piece.value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) heard(line.replace('data:', ''))
  }
}

/** To these the same question would get the same answer. */
const refusals: readonly number[] = [401, 403, 404, 410]

/** A header in seconds, no longer than a minute; 0 where there is none. */
const msIn = ({ headers }: Response, name: string): number =>
  Math.min(60, Number(headers.get(name)) || 0) * 1000
