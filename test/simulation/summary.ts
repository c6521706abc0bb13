// What a set of runs came to: how often each fault and each race occurred, and what was found.
import { type Fault, faultNames } from '../support/simulated/faults.ts'
import type { RunReport } from './run.ts'
import { type Race, races } from './world/races.ts'

export interface Summary {
  readonly runs: number
  readonly faults: Readonly<Record<Fault, number>>
  readonly races: Readonly<Record<Race, number>>
  readonly operations: number
  readonly fewestOperations: number
  /** The least share of voters, of all runs, who cast more than once. */
  readonly leastDuplicates: number
  readonly failed: readonly RunReport[]
}

const raceNames = Object.keys(races) as readonly Race[] // keys of a literal

export const summaryOf = (reports: readonly RunReport[]): Summary => ({
  runs: reports.length,
  faults: counted(faultNames, (fault) => reports.map((report) => firedIn(report, fault))),
  races: counted(raceNames, (race) => reports.map((report) => report.races.get(race) ?? 0)),
  operations: sum(reports.map(({ operations }) => operations)),
  fewestOperations: Math.min(...reports.map(({ operations }) => operations)),
  leastDuplicates: Math.min(...reports.map(({ voters, duplicateVoters }) => duplicateVoters / voters)),
  failed: reports.filter(({ findings }) => findings.length > 0),
})

/** Two columns: how often, and what. */
export const frequencyTable = ({ faults, races, runs, operations }: Summary): string =>
  [
    `${runs} runs, ${operations} requests`,
    'faults',
    ...Object.entries(faults).map(line),
    'races',
    ...Object.entries(races).map(line),
  ].join('\n')

/** What a run broke, invariant by invariant. */
export const findingsText = ({ seed, findings }: RunReport, most = 20): string =>
  [
    `seed ${seed} breaks ${findings.length === 1 ? 'an invariant' : `invariants ${findings.length} times`}:`,
    ...findings.slice(0, most).map(({ invariant, message }) => `  ${invariant}\n    ${message}`),
  ].join('\n')

const firedIn = ({ faults }: RunReport, name: Fault): number =>
  faults.find(({ fault }) => fault === name)?.fired ?? 0

const counted = <Name extends string>(names: readonly Name[], of: (name: Name) => readonly number[]) =>
  Object.fromEntries(names.map((name) => [name, sum(of(name))])) as Record<Name, number> // one for each name

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const line = ([name, times]: [string, number]): string => `${String(times).padStart(7)}  ${name}`
