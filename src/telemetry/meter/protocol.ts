// What isolates tell the Meter, and what it answers who reads. Plain data; members are only ever added.

/** Histograms hold one count a bucket, not cumulative; the last bucket is beyond all bounds. */
export interface HistogramSum {
  readonly counts: readonly number[]
  readonly sum: number
}

/** What an isolate has counted since its last flush. Adding one twice would count twice: the Meter knows each by source and
 *  sequence, and a source repeats the same one until it is taken. */
export interface Batch {
  readonly source: string
  /** 1, 2, 3 … of this source. */
  readonly sequence: number
  /** IATA code of the location, or ''. */
  readonly colo: string
  readonly counters: Readonly<Record<string, number>>
  readonly histograms: Readonly<Record<string, HistogramSum>>
  /** As they stand now; they replace what this source said before. */
  readonly gauges: Readonly<Record<string, number>>
}

/** How far a box is, whole: told twice, late or out of order it says the same. */
export interface BoxStanding {
  readonly name: string
  readonly seq: number
  readonly archived: number
  /** When the oldest unarchived event happened, ms since the epoch; null: there is none. */
  readonly since: number | null
  readonly at: number
  /** It was destroyed, and this is its last word. */
  readonly gone?: true
}

export interface LeafStanding {
  readonly name: string
  readonly viewers: number
  readonly at: number
}

export interface Standings {
  readonly boxes: readonly BoxStanding[]
  readonly leaves: readonly LeafStanding[]
}

/** Everything the Meter knows, by series. */
export interface Reading {
  readonly counters: Readonly<Record<string, number>>
  readonly histograms: Readonly<Record<string, HistogramSum>>
  readonly gauges: Readonly<Record<string, number>>
  /** When the oldest unarchived event happened; null: there is none. */
  readonly unarchivedSince: number | null
}

/** One shard of the Meter, as it is called. */
export interface MeterRpc {
  flush(batch: Batch): Promise<void>
  stand(standings: Standings): Promise<void>
  read(): Promise<Reading>
}
