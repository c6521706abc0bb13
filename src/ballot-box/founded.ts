// What a box has once somebody has voted in it: what goes to the archive, what goes to the board, and what runoffs ask.
import { rankingsIn } from '../domain/poll/poll.ts'
import { archivedBallots } from './archived-ballots.ts'
import type { BoxState, Ledger } from './ledger.ts'
import type { BoxNeeds } from './needs.ts'
import { Outbox } from './outbox.ts'
import { Rankings } from './rankings.ts'
import type { RecentEvents } from './recent-events.ts'
import { Reporter } from './reporter.ts'

export interface Founded {
  readonly outbox: Outbox
  readonly reporter: Reporter
  readonly rankings: Rankings
}

interface Foundation {
  readonly needs: BoxNeeds
  readonly ledger: Ledger
  readonly recent: RecentEvents
  /** As it was when the box was founded. */
  readonly state: BoxState
  /** As it is now; null: the box was destroyed. */
  readonly current: () => BoxState | null
}

export const found = ({ needs, ledger, recent, state, current }: Foundation): Founded => {
  const { settings, send, board, report, after } = needs
  const outbox = new Outbox(
    {
      ...state.address,
      workspaceId: state.definition.poll.workspaceId,
      rankings: () => rankingsIn((current() ?? state).definition.poll.questions),
      resendAfterMs: settings.resendAfterMs,
      eventsAfter: (seq, limit) => recent.after(seq, limit) ?? archivedBallots(ledger, state, seq, limit),
      send,
      keepArchived: (seq) => {
        ledger.keepArchived(seq)
        recent.drop(seq)
      },
    },
    state.archived,
  )
  const reporter = new Reporter({
    ...state.address,
    current: () => ({ version: current()?.seq ?? 0, tally: (current() ?? state).tally }),
    send: (tally) => board.report(tally),
    onFinal: () => (current() === null ? undefined : ledger.dropRankings()),
    after,
    report,
  })
  return { outbox, reporter, rankings: new Rankings(ledger) }
}
