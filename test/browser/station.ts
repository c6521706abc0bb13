// The running stack with a workspace's key: where the browser tests open their polls.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '../../dev/stack.ts'

export interface Station {
  readonly url: string
  /** Makes a poll and returns its id. */
  makePoll(draft: Readonly<Record<string, unknown>>): Promise<string>
  closePoll(pollId: string): Promise<void>
  invites(pollId: string, count: number): Promise<readonly string[]>
  /** How many are counted, past every cache. */
  ballots(pollId: string): Promise<number>
  close(): Promise<void>
}

export const openStation = async (): Promise<Station> => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'edgepoll-browser-'))
  const stack = await startStack({ dataFolder })
  const authorization = `Bearer ${stack.apiKey}`
  const ask = (path: string, body: unknown = null) =>
    fetch(`${stack.url}/v1${path}`, {
      method: body === null ? 'GET' : 'POST',
      headers: { authorization, 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' },
      ...(body !== null && { body: JSON.stringify(body) }),
    })
  return {
    url: stack.url,
    makePoll: async (draft) => {
      const answer = await ask('/polls', draft)
      if (answer.status !== 201) throw new Error(`the poll was not made: ${await answer.text()}`)
      return ((await answer.json()) as { id: string }).id
    },
    closePoll: async (pollId) => {
      const answer = await ask(`/polls/${pollId}/close`, {})
      if (!answer.ok) throw new Error(`the poll was not closed: ${await answer.text()}`)
    },
    invites: async (pollId, count) => {
      const answer = await ask(`/polls/${pollId}/invites`, { count })
      return ((await answer.json()) as { codes: string[] }).codes
    },
    ballots: async (pollId) => {
      const answer = await ask(`/polls/${pollId}/results`)
      return ((await answer.json()) as { ballots: number }).ballots
    },
    close: async () => {
      await stack.stop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
