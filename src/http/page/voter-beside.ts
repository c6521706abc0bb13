// What a poll may ask of its voter beside the answers: an invite code, or a token of the owner's.
import type { Poll } from '../../domain/poll/poll.ts'

/** Empty where there is none. */
export interface VoterBeside {
  readonly inviteCode: string
  readonly voterToken: string
}

/** From the address a voter was sent (`?code=`, `?token=`) or the form that carries it on. */
export const besideOf = (read: (name: string) => string | null | undefined): VoterBeside => ({
  inviteCode: read('code') ?? '',
  voterToken: read('token') ?? '',
})

/** As the verbs take it: an empty field is nothing shown. */
export const shownBeside = ({ inviteCode, voterToken }: VoterBeside) => ({
  inviteCode: inviteCode.trim() || undefined,
  voterToken: voterToken || undefined,
})

/** Whether voting cannot go well without a token, so that filling the form in would be in vain. */
export const lacksToken = ({ dedupe }: Poll, { voterToken }: VoterBeside): boolean =>
  dedupe.by === 'account' && voterToken === ''
