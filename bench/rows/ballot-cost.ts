// B3C: that a box does not grow slow: what a commit of 50 ballots costs with a million stored ones and with a thousand.
import { join } from 'node:path'
import { type LoneBox, startLoneBox } from '../drivers/lone-box/lone-box.ts'
import { type Bill, billBetween } from '../drivers/metered/meter.ts'
import { cpuMicrosBetween, readCpu } from '../measure/cpu.ts'
import { untilStill } from '../measure/until-still.ts'
import { interleave } from '../rounds.ts'
import type { AlsoMeasured, Measurement, Row, RowContext } from '../row.ts'

export const ballotCost: Row = {
  id: 'B3C',
  comparison: 'CPU of a commit of 50 ballots into a box of 1,000,000 vs into one of 1,000',
  atMost: 1.3,
  run: async (context) => {
    const box = await startLoneBox(join(context.scratch, 'box'), 'metered')
    try {
      return await measure(context, box)
    } finally {
      await box.stop()
    }
  },
}

const size = 50
const [few, many] = [1_000, 1_000_000]
/** A box of a thousand is not one for long: this many of them take turns, each with its share of the commits. */
const smallBoxes = 8
const commitsEach = 10

interface CommitCost {
  readonly cpuMicros: number
  readonly milliseconds: number
  readonly rowsRead: number
  readonly rowsWritten: number
}

const measure = async ({ rounds, say }: RowContext, box: LoneBox): Promise<Measurement> => {
  say(`filling a box with ${many.toLocaleString('en')} ballots`)
  await box.makePoll('poll_large', many)
  await atRest(box, 'poll_large')
  const samples = await interleave(
    rounds,
    [
      {
        name: 'large',
        measure: () =>
          costOf(
            box,
            Array.from({ length: smallBoxes }, () => 'poll_large'),
          ),
      },
      {
        name: 'small',
        measure: async (round) => {
          const polls = Array.from({ length: smallBoxes }, (_, at) => `poll_small_${round}_${at}`)
          for (const id of polls) await box.makePoll(id, few)
          await atRest(box, 'poll_large')
          return costOf(box, polls)
        },
      },
    ],
    ({ large, small }, number) => say(`round ${number}: large ${shown(large)}; small ${shown(small)}`),
  )
  const ratiosOf = (of: (cost: CommitCost) => number): number[] =>
    samples.map(({ large, small }) => of(large) / of(small))
  const also = (comparison: string, of: (cost: CommitCost) => number): AlsoMeasured => ({
    comparison,
    ratios: ratiosOf(of),
    bound: { atMost: 1.3 },
  })
  return {
    ratios: ratiosOf(({ cpuMicros }) => cpuMicros),
    also: [
      also('rows written a commit', ({ rowsWritten }) => rowsWritten),
      also('rows read a commit', ({ rowsRead }) => rowsRead),
      also('time from one commit to the next', ({ milliseconds }) => milliseconds),
    ],
    samples,
    notes: [
      'In the runtime’s own objects: the box’s tables are filled by SQL inside the object, with rows as long as real ones and keys anywhere in the index; nothing of its code is changed.',
      `Then ${smallBoxes * commitsEach} groups of ${size} ballots are cast inside the object, so that no call dilutes the ratio; the small side takes ${smallBoxes} boxes in turn, because one would not stay small.`,
      'Rows are those the runtime’s SQLite reports, as the platform bills them. CPU is the whole process’s until it has come to rest: what follows a commit (tally report, messages to the archive) is in it.',
      'Time includes the 5 ms a busy box waits for its group, on both sides.',
    ],
  }
}

/** Commits the groups, so many a box and mention, and says what one cost. */
const costOf = async (box: LoneBox, polls: readonly string[]): Promise<CommitCost> => {
  const [firstPoll = ''] = polls
  const before = await box.bill(firstPoll)
  const cpuBefore = readCpu(box.pid)
  const startMs = performance.now()
  for (const id of polls) await box.commitGroups(id, commitsEach, size)
  const elapsedMs = performance.now() - startMs
  const bill = billBetween(before, await atRest(box, firstPoll))
  const cpuMicros = cpuMicrosBetween(cpuBefore, readCpu(box.pid))
  const commits = polls.length * commitsEach
  if (bill.commits !== commits) throw new Error(`${bill.commits} commits were made instead of ${commits}`)
  return {
    cpuMicros: cpuMicros / commits,
    milliseconds: elapsedMs / commits,
    rowsRead: bill.rowsRead / commits,
    rowsWritten: (bill.rowsWritten + bill.alarmsSet) / commits,
  }
}

const shown = ({ cpuMicros, milliseconds, rowsWritten, rowsRead }: CommitCost): string =>
  `${Math.round(cpuMicros)} µs CPU, ${milliseconds.toFixed(1)} ms, ${rowsWritten.toFixed(1)} rows written, ${rowsRead.toFixed(1)} read a commit`

/** Alarms come a second apart: what is still for longer has sent and confirmed everything. */
const atRest = (box: LoneBox, id: string): Promise<Bill> =>
  untilStill(() => box.bill(id), { stillMs: 1_300, timeoutMs: 60_000 })
