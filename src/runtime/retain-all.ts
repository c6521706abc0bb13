// The schedule's round: polls that were kept as long as their workspace wants, then rows that are old. Bounded in polls and
// in time; what one run leaves the next one finds.
import { toBase32 } from '../kernel/bytes.ts'
import type { ArchiveServices } from './archive-services.ts'

const pollsAtOnce = 100
const rowsAtOnce = 2_000
const mostPolls = 1_000
const mostBatches = 50
const longestMs = 8 * 60_000
const patienceMs = 60_000

type Needs = Pick<ArchiveServices, 'retirePolls' | 'forgetAged' | 'clock' | 'random' | 'report'>

export const retainAll =
  ({ retirePolls, forgetAged, clock, random, report }: Needs) =>
  async (): Promise<void> => {
    const began = clock.now()
    let polls = 0
    let rows = 0
    let failed = 0
    const room = () => polls < mostPolls && clock.now() - began < longestMs

    /** Answers whether the whole circle was gone round. It begins anywhere, so that no workspace is always last. */
    const round = async (): Promise<boolean> => {
      const start = `ws_${toBase32(random.bytes(16))}`
      for (const lap of ['from the start on', 'up to the start'] as const) {
        const first = lap === 'up to the start'
        let after = first ? null : { workspaceId: start, createdAt: 0, pollId: '' }
        while (true) {
          if (!room()) return false
          const step = await retirePolls(
            { after, limit: pollsAtOnce, dryRun: false },
            AbortSignal.timeout(patienceMs),
          )
          polls += step.polls.length
          failed += step.failed
          after = step.next
          if (after === null || (first && after.workspaceId >= start)) break
        }
      }
      return true
    }

    const forget = async (): Promise<boolean> => {
      for (let batch = 0; batch < mostBatches; batch++) {
        const { rows: gone, more } = await forgetAged(
          { limit: rowsAtOnce, dryRun: false },
          AbortSignal.timeout(patienceMs),
        )
        rows += Object.values(gone).reduce((sum, count) => sum + count, 0)
        if (!more) return true
      }
      return false
    }

    // Neither keeps the other from its turn.
    const outcomes = [await settled(round()), await settled(forget())]
    const errors = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason)] : [],
    )
    const complete =
      failed === 0 && outcomes.every((outcome) => outcome.status === 'fulfilled' && outcome.value)
    report({ type: 'retention-ran', polls, rows, failed, complete, errors })
  }

const settled = async <Value>(work: Promise<Value>): Promise<PromiseSettledResult<Value>> => {
  const [outcome] = await Promise.allSettled([work])
  return outcome
}
