// Who goes first when not everybody can: the classes of work, best kept first, and how full a dependency may be for each.
// docs/design/resilience.md shows this order, and a test holds the page to it.
import type { Plan } from '../application/ports.ts'

export const priorities = ['ballots', 'close', 'live-reads', 'owner-writes', 'lists', 'exports'] as const
export type Priority = (typeof priorities)[number]

/** The part of a dependency's capacity that work of a class may fill. What is above the highest but one is kept for
 *  ballots: a fifth. */
const shares: Readonly<Record<Priority, number>> = {
  ballots: 1,
  close: 0.8,
  'live-reads': 0.7,
  'owner-writes': 0.6,
  lists: 0.5,
  exports: 0.4,
}

/** What a caller without a paid plan leaves to those who have one, within their class. A ballot is worth the same
 *  whoever made its poll. */
const leftToPremium = 0.05

/** `plan`: the caller's; null where none is known. */
export const shareOf = (priority: Priority, plan: Plan | null = null): number =>
  priority === 'ballots' || isPremium(plan) ? shares[priority] : shares[priority] - leftToPremium

/** What the door weighs by the caller's plan before anything is asked: whoever has passed it is not turned away by less. */
export const weighedAtDoor: ReadonlySet<Priority> = new Set(['close', 'owner-writes', 'lists', 'exports'])

/** How long to stay away, whole seconds; drawn, so that not all come back at once. What can wait waits longer. */
export const retryAfterSeconds = (priority: Priority, fraction: number): number =>
  1 + Math.floor(fraction * (priority === 'ballots' || priority === 'live-reads' ? 3 : 10))

/** First shed first. */
export const shedOrder: readonly { readonly priority: Priority; readonly premium: boolean }[] = priorities
  .flatMap((priority) =>
    (priority === 'ballots' ? [true] : [true, false]).map((premium) => ({ priority, premium })),
  )
  .toReversed()

const isPremium = (plan: Plan | null): boolean => plan === 'pro' || plan === 'enterprise'
