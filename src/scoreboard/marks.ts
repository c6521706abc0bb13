// How far a poll is, as others are to know it: what the board compares with what it has told them.
import { stageOf } from '../domain/poll/poll.ts'
import type { BoardState } from './scorebook.ts'

/** Rises with every change of what anybody may read of a closed poll. */
export const shelfMark = ({ definition, publication }: BoardState): number =>
  stageOf(definition.poll) + (publication?.version ?? 0)

/** Of a closed poll the record of its close has said so. */
export const openingUntold = ({ opened, definition }: BoardState, hasOpened: boolean): boolean =>
  hasOpened && !opened && definition.poll.phase !== 'closed'
