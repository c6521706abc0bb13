// A row of the benchmark matrix (docs/design, proof): one comparison, one bound, one way to measure it.

/** What the median ratio must reach, or must not pass. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number }

export type Row = Bound & {
  /** `B3`. */
  readonly id: string
  /** What is compared with what, as the table shows it. */
  readonly comparison: string
  run(context: RowContext): Promise<Measurement>
  readonly drawing?: Drawing
}

/** A picture of what was measured, published beside the table. */
export interface Drawing {
  /** In `docs`, `surge.svg`. */
  readonly file: string
  /** What it shows, for who cannot see it. */
  readonly alt: string
  /** An SVG document of the row's samples. */
  draw(samples: readonly unknown[]): string
}

export interface RowContext {
  readonly rounds: number
  /** How long one side is measured in one round. */
  readonly seconds: number
  /** A fresh folder for databases and object storage, removed afterwards. */
  readonly scratch: string
  /** Shows progress to whoever waits. */
  say(line: string): void
}

export interface Measurement {
  /** The number the row's bound is about, once a round. */
  readonly ratios: readonly number[]
  /** What else the rounds say, each in a line of the table under the row's. */
  readonly also: readonly AlsoMeasured[]
  /** What the sides measured in each round, as it was. */
  readonly samples: readonly unknown[]
  /** What a reader must know to believe the number. */
  readonly notes: readonly string[]
}

export interface AlsoMeasured {
  readonly comparison: string
  readonly ratios: readonly number[]
  /** Null: shown, not judged. */
  readonly bound: Bound | null
}

/** Whether a median keeps the bound. */
export const keeps = (bound: Bound, median: number): boolean =>
  'atLeast' in bound ? median >= bound.atLeast : median <= bound.atMost
