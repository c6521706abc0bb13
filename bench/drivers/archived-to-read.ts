// Polls of so many ballots in the archive, each beside ten times as many of others, and what their owner reads of them.
import { fillBallots, questions } from './many-ballots.ts'
import type { WrappedStack } from './wrapped-stack/wrapped-stack.ts'

export interface ArchivedPoll {
  /** Reads the first page of the ballots, or one from the middle. */
  list(page: 'first' | 'middle'): Promise<void>
  /** Begins an export and leaves with its first byte. */
  firstByte(): Promise<void>
}

export const makeArchivedPoll = async (stack: WrappedStack, ballots: number): Promise<ArchivedPoll> => {
  const { databaseUrl, url, apiKey } = stack.facts
  const fill = async (count: number): Promise<string> => {
    const pollId = await stack.makePoll({ questions })
    await fillBallots(databaseUrl, { pollId, ballots: count })
    return pollId
  }
  await fill(ballots * 10)
  const poll = `${url}/v1/polls/${await fill(ballots)}`
  const ask = async (path: string): Promise<Response> => {
    const response = await fetch(`${poll}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
    if (!response.ok) throw new Error(`${path} was refused: ${response.status} ${await response.text()}`)
    return response
  }
  // Ids are hashes: the middle of their order is where they begin with an 8.
  const middle = Buffer.from('ballots.bal_8').toString('base64url')
  return {
    list: async (page) => {
      const answer = await ask(page === 'first' ? '/ballots' : `/ballots?cursor=${middle}`)
      const { data } = (await answer.json()) as { readonly data: readonly unknown[] } // the API's answer
      if (data.length !== 20) throw new Error('A page came short.')
    },
    firstByte: async () => {
      const { body } = await ask('/export')
      const reader = body?.getReader()
      if ((await reader?.read())?.value === undefined) throw new Error('An export without a byte.')
      await reader?.cancel()
    },
  }
}
