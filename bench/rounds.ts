// Interleaved rounds: every side runs in every round, so that a busy minute of the machine hits all sides alike
// and only ratios within a round are ever compared.

export interface Side<Name extends string, Sample> {
  readonly name: Name
  measure(round: number): Promise<Sample>
}

/** What every side measured in one round. */
export type Round<Name extends string, Sample> = Readonly<Record<Name, Sample>>

/** Runs the rounds: A B, then B A, then A B …, so that going first is nobody's advantage. */
export const interleave = async <Name extends string, Sample>(
  rounds: number,
  sides: readonly Side<Name, Sample>[],
  onRound: (round: Round<Name, Sample>, number: number) => void = () => undefined,
): Promise<readonly Round<Name, Sample>[]> => {
  const done: Round<Name, Sample>[] = []
  for (let number = 1; number <= rounds; number++) {
    const order = number % 2 === 1 ? sides : sides.toReversed()
    const samples = new Map<Name, Sample>()
    for (const side of order) samples.set(side.name, await side.measure(number))
    const round = Object.fromEntries(sides.map(({ name }) => [name, samples.get(name)])) as Round<
      Name,
      Sample
    > // every side ran
    done.push(round)
    onRound(round, number)
  }
  return done
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The median and the ends of a list that is not empty.
 *
 *  @example spreadOf([3, 1, 2]) // { median: 2, min: 1, max: 3 } */
export const spreadOf = (values: readonly number[]): Spread => {
  if (values.length === 0) throw new RangeError('There is no median of no rounds.')
  const sorted = values.toSorted((left, right) => left - right)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}
