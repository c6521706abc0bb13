// B3B: what committing costs beside the call that carries it: ballots into one box against calls that store nothing.
import { join } from 'node:path'
import { type LoneBox, startLoneBox } from '../drivers/lone-box/lone-box.ts'
import { untilIdle } from '../measure/until-idle.ts'
import { interleave } from '../rounds.ts'
import type { Measurement, Row, RowContext } from '../row.ts'

export const commitVsNoop: Row = {
  id: 'B3B',
  comparison:
    'durable ballots/s into one box by group commit vs calls/s of the same object that store nothing',
  atLeast: 0.5,
  run: async (context) => {
    const box = await startLoneBox(join(context.scratch, 'box'), 'deployed')
    try {
      return await measure(context, box)
    } finally {
      await box.stop()
    }
  },
}

const inFlight = 64

const measure = async ({ rounds, seconds, say }: RowContext, box: LoneBox): Promise<Measurement> => {
  const perSecond = (what: 'cast' | 'standing') => async (round: number) => {
    const id = `poll_${what}_${round}`
    await box.makePoll(id)
    const rate = await box.callsPerSecond(id, what, seconds, inFlight)
    await untilIdle(box.pid, settleMs)
    return rate
  }
  const samples = await interleave(
    rounds,
    [
      { name: 'ballots', measure: perSecond('cast') },
      { name: 'calls', measure: perSecond('standing') },
    ],
    ({ ballots, calls }, number) =>
      say(`round ${number}: ${Math.round(ballots)} ballots/s, ${Math.round(calls)} calls/s`),
  )
  return {
    ratios: samples.map(({ ballots, calls }) => ballots / calls),
    also: [],
    samples,
    notes: [
      `A Worker in the same runtime calls the box, ${inFlight} calls in flight; each ballot is of another voter and durable before its answer.`,
      'The call that stores nothing is `standing()` of the same class on a box that holds a ballot: it answers six numbers and texts from memory. ' +
        'Its argument is shorter than a ballot, which is the ballots’ disadvantage.',
    ],
  }
}

const settleMs = 20_000
