// A published election as data: its candidates, its real ballots, and what they are known to give.
import { readFileSync } from 'node:fs'
import { seededRandom, shuffled } from '../load/seeded-random.ts'

/** Candidates by their place in the list, most wanted first. */
export type Ranking = readonly number[]

export interface Election {
  readonly title: string
  readonly candidates: readonly string[]
  /** How often each distinct ranking was cast. */
  readonly rankings: readonly (readonly [count: number, ranking: Ranking])[]
  /** First choices by candidate name, as published beside the ballots. */
  readonly firsts: Readonly<Record<string, number>>
  readonly instantRunoff: PublishedRunoff | null
}

export interface PublishedRunoff {
  readonly winner: string
  readonly rounds: number
  readonly final: Readonly<Record<string, number>>
  readonly exhausted: number
}

/** Reads an election, or throws one sentence about what is wrong with the file. */
export const readElection = (path: string): Election => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new Error(`There is no election file at ${path}.`)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new Error(`${path} is not JSON.`)
  }
  if (!isElection(parsed))
    throw new Error(`${path} is JSON but no election: it needs candidates and rankings.`)
  return { ...parsed, firsts: parsed.firsts ?? {}, instantRunoff: parsed.instantRunoff ?? null }
}

/** Every ballot of an election, one ranking a voter, in an order that depends on the seed alone; the first `voters`
 *  of them when fewer are wanted, so that a smaller sample is the beginning of a larger one. */
export const ballotsOf = (election: Election, seed: string, voters?: number): readonly Ranking[] => {
  const all = election.rankings.flatMap(([count, ranking]) => Array<Ranking>(count).fill(ranking))
  return shuffled(all, seededRandom(seed)).slice(0, voters)
}

const isElection = (
  value: unknown,
): value is Omit<Election, 'firsts' | 'instantRunoff'> &
  Partial<Pick<Election, 'firsts' | 'instantRunoff'>> => {
  if (typeof value !== 'object' || value === null) return false
  const { title, candidates, rankings } = value as Partial<Record<keyof Election, unknown>> // checked below
  if (typeof title !== 'string' || !Array.isArray(candidates) || !Array.isArray(rankings)) return false
  const isCandidate = (index: unknown): boolean =>
    Number.isInteger(index) && candidates[Number(index)] !== undefined
  return rankings.every(
    (entry) =>
      Array.isArray(entry) &&
      Number.isInteger(entry[0]) &&
      Array.isArray(entry[1]) &&
      entry[1].length > 0 &&
      entry[1].every(isCandidate),
  )
}
