// Voters who keep coming, and send what nobody answered again under the same key, as clients are told to. What they heard is
// kept, to be held to what was counted.
import { setTimeout as pause } from 'node:timers/promises'
import type { SystemClient } from './client.ts'

export interface PollingDay {
  /** Ballots that were answered: their ids by voter, and what each chose. */
  readonly accepted: ReadonlyMap<string, Accepted>
  /** How often something was sent again, by why. */
  readonly repeated: ReadonlyMap<string, number>
  /** What nobody must ever hear, and was heard. */
  readonly wrongs: readonly string[]
  /** Until so many more voters have been answered. */
  more(voters: number): Promise<void>
  /** Lets nobody else come, and answers when everybody who came was answered. */
  end(): Promise<void>
}

export interface Accepted {
  readonly id: string
  readonly choice: string
}

interface Needs {
  readonly client: SystemClient
  readonly pollId: string
  readonly question: string
  readonly choices: readonly string[]
  /** Voters at a time. */
  readonly lanes: number
  /** Between two voters of a lane: it is a steady load that is wanted, not the most there can be. */
  readonly restMs: number
}

const longestMs = 60_000
/** What could not be answered is not asked again at once. */
const againMs = 100

export const beginPollingDay = (needs: Needs): PollingDay => {
  const { client, pollId, question, choices, lanes, restMs } = needs
  const accepted = new Map<string, Accepted>()
  const repeated = new Map<string, number>()
  const wrongs: string[] = []
  let came = 0
  let over = false

  /** One request; null: nobody knows what became of it. */
  const send = async (voter: string, key: string, choice: string) => {
    const headers = { 'Voter-Id': voter, 'Idempotency-Key': key }
    const body = { answers: { [question]: [choice] } }
    const path = `/v1/polls/${pollId}/ballots`
    const answer = await client.ask('POST', path, { headers, body }).catch(() => null)
    if (answer !== null && answer.status < 500) return answer
    const why = answer === null ? 'connection broke' : `${answer.status}`
    repeated.set(why, (repeated.get(why) ?? 0) + 1)
    return null
  }
  const settle = async (voter: string, key: string, choice: string) => {
    const until = Date.now() + longestMs
    for (;;) {
      const answer = await send(voter, key, choice)
      if (answer !== null) return answer
      if (Date.now() > until) throw new Error(`nobody answered ${voter} for ${longestMs / 1_000} s`)
      await pause(againMs)
    }
  }
  const vote = async (at: number): Promise<void> => {
    const voter = `voter-${String(at).padStart(10, '0')}`
    const choice = choices[at % choices.length] ?? ''
    const first = await settle(voter, `${voter}-key`, choice)
    if (first.status !== 201 && first.status !== 200) {
      wrongs.push(`${voter} heard ${first.status} ${first.text}`)
      return
    }
    accepted.set(voter, { id: first.json.id, choice })
    // Some send what was answered again, whoever answers now.
    if (at % 7 !== 0) return
    const again = await settle(voter, `${voter}-key`, choice)
    if (again.status !== 200 || again.json.id !== first.json.id)
      wrongs.push(`${voter} heard ${again.status} ${again.text} after ${first.json.id}`)
  }
  const lane = async (): Promise<void> => {
    while (!over) {
      await vote(came++)
      await pause(restMs)
    }
  }
  const everybody = Promise.all(Array.from({ length: lanes }, lane))
  everybody.catch(() => undefined) // told by whoever waits for the end
  return {
    accepted,
    repeated,
    wrongs,
    async more(voters) {
      const wanted = accepted.size + voters
      const until = Date.now() + longestMs
      while (accepted.size < wanted) {
        if (Date.now() > until) throw new Error(`only ${accepted.size} of ${wanted} voters were answered`)
        await pause(20)
      }
    },
    async end() {
      over = true
      await everybody
    },
  }
}
