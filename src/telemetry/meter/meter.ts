// One shard of the Meter: adds up what isolates tell it, each flush once, and knows how far boxes are. Counters that went
// back a little would be read as having started anew, so every flush is durable before it is answered. Runs under plain Node.
import type { Clock } from '../../kernel/clock.ts'
import type { ObjectStorage } from '../../kernel/object-storage.ts'
import { placed, seriesKey } from '../series.ts'
import type { Batch, MeterRpc, Reading, Standings } from './protocol.ts'
import { prepareTables } from './schema.ts'
import { Sums } from './sums.ts'

interface Needs {
  readonly storage: ObjectStorage
  readonly clock: Clock
}

/** A series takes some 300 bytes in the snapshot, which is one row of at most 2 MB. */
export const mostSeries = 5_000
export const mostColos = 64
const mostSources = 5_000
/** Rows between two snapshots: what a start reads again. */
const foldAfter = 200
/** A source that is silent for longer repeats nothing any more: it gives up before (`givenUpAfterMs` of the sink). */
export const sourceKeptMs = 15 * 60_000
/** Gauges of an isolate that has not been heard of for so long say nothing: it may be gone. */
const heardLatelyMs = 60_000
/** Relays of polls that nobody closed: their sockets are gone after this, whatever they said last. */
const leafKeptMs = 24 * 60 * 60_000
/** What a box said before it was destroyed may come late by so much. */
const goneKeptMs = 24 * 60 * 60_000
/** Stands for all that are gone: a row like any, so that a version that knows of none adds up the same. */
const allGone = '(gone)'

const flushesKey = 'edgepoll_telemetry_flushes_total'
const droppedKey = seriesKey('edgepoll_telemetry_dropped_total', ['series'])

interface Source {
  readonly sequence: number
  readonly heardAt: number
  readonly gauges: Batch['gauges']
}

export class Meter implements MeterRpc {
  readonly #storage: ObjectStorage
  readonly #clock: Clock
  readonly #sums = new Sums(mostSeries)
  readonly #colos = new Set<string>()
  readonly #sources = new Map<string, Source>()
  #rows = 0
  #counted = 0

  constructor({ storage, clock }: Needs) {
    this.#storage = storage
    this.#clock = clock
    prepareTables(storage)
    this.#load()
  }

  /** Adds what an isolate counted; what has been added already is left out. */
  async flush(batch: Batch): Promise<void> {
    if (batch.sequence <= (this.#sources.get(batch.source)?.sequence ?? 0)) return
    const heardAt = this.#clock.now()
    const { gauges: _forgotten, ...kept } = batch
    // Before memory changes: what cannot be written is not answered, and comes again.
    this.#storage.run('insert into told (batch) values (?)', JSON.stringify({ ...kept, heardAt }))
    this.#take(batch, heardAt)
    if (++this.#rows >= foldAfter) this.#fold()
  }

  /** The newest of each; an older one that comes late changes nothing. */
  async stand({ boxes, leaves }: Standings): Promise<void> {
    this.#counted += this.#storage.transaction(() => {
      let counted = 0
      for (const { name, seq, archived, since, at, gone } of boxes) {
        if (this.#storage.all('select 1 from gone_box where name = ?', name).length > 0) continue
        const [known] = this.#storage.all<{ seq: number }>('select seq from box where name = ?', name)
        if (gone === true) {
          this.#storage.run('delete from box where name = ?', name)
          this.#storage.run('insert into gone_box (name, at) values (?, ?)', name, at)
          this.#storage.run(
            `insert into box (name, seq, archived, since, at) values (?1, ?2, ?2, null, ?3)
             on conflict (name) do update set seq = seq + ?2, archived = archived + ?2`,
            ...[allGone, seq, at],
          )
          counted += seq - (known?.seq ?? 0)
          continue
        }
        const written = this.#storage.run(
          `insert into box (name, seq, archived, since, at) values (?, ?, ?, ?, ?)
           on conflict (name) do update set seq = excluded.seq, archived = excluded.archived,
             since = excluded.since, at = excluded.at
           where excluded.at >= box.at and excluded.seq >= box.seq`,
          ...[name, seq, archived, since, at],
        )
        if (written > 0) counted += seq - (known?.seq ?? 0)
      }
      for (const { name, viewers, at } of leaves)
        this.#storage.run(
          `insert into leaf (name, viewers, at) values (?, ?, ?)
           on conflict (name) do update set viewers = excluded.viewers, at = excluded.at where excluded.at >= leaf.at`,
          ...[name, viewers, at],
        )
      return counted
    })
  }

  async read(): Promise<Reading> {
    const now = this.#clock.now()
    const [behind] = this.#storage.all<{ unarchived: number | null; since: number | null }>(
      'select sum(seq - archived) as unarchived, min(since) as since from box where archived < seq',
    )
    const [watching] = this.#storage.all<{ viewers: number | null }>(
      'select sum(viewers) as viewers from leaf where at > ?',
      now - leafKeptMs,
    )
    const { counters, histograms } = this.#sums.plain()
    return {
      counters: { ...counters, edgepoll_ballots_counted_total: this.#counted },
      histograms,
      gauges: {
        ...this.#standing(now),
        edgepoll_ballots_unarchived: behind?.unarchived ?? 0,
        edgepoll_relay_sockets: watching?.viewers ?? 0,
      },
      unarchivedSince: behind?.since ?? null,
    }
  }

  #standing(now: number): Readonly<Record<string, number>> {
    const gauges = new Map<string, number>()
    let lately = 0
    for (const source of this.#sources.values()) {
      if (now - source.heardAt > heardLatelyMs) continue
      lately++
      for (const [key, value] of Object.entries(source.gauges))
        gauges.set(key, (gauges.get(key) ?? 0) + value)
    }
    return { ...Object.fromEntries(gauges), edgepoll_telemetry_sources: lately }
  }

  #take(batch: Batch, heardAt: number): void {
    const place = this.#placeOf(batch.colo)
    const dropped = this.#sums.add(batch, (key) => placed(key, place))
    this.#sums.add({
      counters: { [flushesKey]: 1, ...(dropped > 0 && { [droppedKey]: dropped }) },
      histograms: {},
    })
    // Anew, so that a map's order is the order in which sources were heard of.
    this.#sources.delete(batch.source)
    this.#sources.set(batch.source, { sequence: batch.sequence, heardAt, gauges: batch.gauges ?? {} })
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > mostSources && oldest !== undefined) this.#sources.delete(oldest)
  }

  /** A location, or `other` when there are more than may be: whoever runs this chooses none of them. */
  #placeOf(colo: string): string {
    if (!/^[A-Z]{3}$/.test(colo)) return 'none'
    if (this.#colos.size < mostColos) this.#colos.add(colo)
    return this.#colos.has(colo) ? colo : 'other'
  }

  #load(): void {
    const [row] = this.#storage.all<{ body: string }>('select body from snapshot')
    if (row !== undefined) {
      const { sums, colos, sources }: Snapshot = JSON.parse(row.body)
      this.#sums.add(sums)
      for (const colo of colos) this.#colos.add(colo)
      for (const [name, sequence, heardAt] of sources)
        this.#sources.set(name, { sequence, heardAt, gauges: {} })
    }
    const told = this.#storage.all<{ batch: string }>('select batch from told order by id')
    for (const { batch } of told) {
      const { heardAt, ...kept }: Batch & { heardAt: number } = JSON.parse(batch)
      this.#take({ ...kept, gauges: {} }, heardAt)
    }
    this.#rows = told.length
    const [all] = this.#storage.all<{ counted: number | null }>('select sum(seq) as counted from box')
    this.#counted = all?.counted ?? 0
  }

  #fold(): void {
    const now = this.#clock.now()
    for (const [name, { heardAt }] of this.#sources)
      if (now - heardAt > sourceKeptMs) this.#sources.delete(name)
    const snapshot: Snapshot = {
      sums: this.#sums.plain(),
      colos: [...this.#colos],
      sources: [...this.#sources].map(([name, { sequence, heardAt }]) => [name, sequence, heardAt]),
    }
    this.#storage.transaction(() => {
      this.#storage.run(
        'insert into snapshot (id, body) values (1, ?) on conflict (id) do update set body = excluded.body',
        JSON.stringify(snapshot),
      )
      this.#storage.run('delete from told')
      this.#storage.run('delete from leaf where at <= ?', now - leafKeptMs)
      this.#storage.run('delete from gone_box where at <= ?', now - goneKeptMs)
    })
    this.#rows = 0
  }
}

interface Snapshot {
  readonly sums: ReturnType<Sums['plain']>
  readonly colos: readonly string[]
  readonly sources: readonly (readonly [name: string, sequence: number, heardAt: number])[]
}
