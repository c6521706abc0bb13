// The running stack with a workspace's key: where the browser tests open their polls.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '../../dev/stack.ts'

export interface Station {
  readonly url: string
  /** Makes a poll and returns its id. */
  makePoll(draft: Readonly<Record<string, unknown>>): Promise<string>
  /** The results document, past every cache. */
  results(pollId: string): Promise<{ readonly ballots: number }>
  close(): Promise<void>
}

export const openStation = async (): Promise<Station> => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'edgepoll-browser-'))
  const stack = await startStack({ dataFolder })
  const authorization = `Bearer ${stack.apiKey}`
  return {
    url: stack.url,
    makePoll: async (draft) => {
      const answer = await fetch(`${stack.url}/v1/polls`, {
        method: 'POST',
        headers: { authorization, 'Content-Type': 'application/json' },
        body: JSON.stringify(draft),
      })
      if (answer.status !== 201) throw new Error(`the poll was not made: ${await answer.text()}`)
      return ((await answer.json()) as { id: string }).id
    },
    results: async (pollId) => {
      const headers = { authorization, 'Cache-Control': 'no-cache' }
      const answer = await fetch(`${stack.url}/v1/polls/${pollId}/results`, { headers })
      return (await answer.json()) as { ballots: number }
    },
    close: async () => {
      await stack.stop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
