// What meets on its way to one box: noticed from outside, without changing anything.
import type { BallotMessage } from '../../../src/application/ballot-message.ts'
import type { BallotBoxRpc, CastReply, CastRequest } from '../../../src/ballot-box/protocol.ts'
import { toHex } from '../../../src/kernel/bytes.ts'
import type { Race } from './races.ts'

/** One call of a box's method, from its arrival to its answer. */
interface Call {
  readonly method: keyof BallotBoxRpc
  readonly args: readonly unknown[]
  readonly sentAt: number
  readonly run: () => Promise<unknown>
}

export class BoxRaces {
  readonly #saw: (race: Race) => void
  /** Casts in flight by voter. */
  readonly #deciding = new Map<string, number>()
  /** The newest revision that was answered, by ballot. */
  readonly #newest = new Map<string, number>()
  #joining = 0
  #held = false
  #highestSent = 0
  #frozenSince: number | null = null

  constructor(saw: (race: Race) => void) {
    this.#saw = saw
  }

  /** The box asks the board who it is. */
  async joining<Answer>(join: () => Promise<Answer>): Promise<Answer> {
    this.#joining++
    try {
      return await join()
    } finally {
      this.#joining--
    }
  }

  sending(messages: readonly BallotMessage[]): void {
    if (messages.some(({ first }) => first <= this.#highestSent)) this.#saw('events sent again')
    this.#highestSent = Math.max(this.#highestSent, ...messages.map(({ last }) => last))
  }

  /** The object is gone, and what it asked will not be answered. */
  ended(): void {
    this.#joining = 0
  }

  /** The freeze is durable. */
  frozen(now: number): void {
    this.#frozenSince = now
  }

  async follow(call: Call, archived: () => number): Promise<unknown> {
    const { method, args, run } = call
    const casting = this.#deciding.size > 0
    switch (method) {
      case 'cast':
        return this.#cast(call)
      case 'freeze':
        if (casting) this.#saw(this.#joining > 0 ? 'join overtaken by freeze' : 'casts waiting at freeze')
        return run()
      case 'hold': {
        const empty = await run()
        this.#held = empty === true
        if (!this.#held) this.#saw('edit meets ballots')
        return empty
      }
      case 'adopt':
        this.#held = false
        return run()
      case 'erase': {
        if (casting) this.#saw('erase meets casts')
        const outcome = await run()
        if (outcome === 'erased' && this.#frozenSince !== null) this.#saw('erased after close')
        return outcome
      }
      case 'confirm': {
        const [, first] = args as Parameters<BallotBoxRpc['confirm']> // as the stub was called
        if (first > archived() + 1) this.#saw('confirm out of order')
        return run()
      }
      case 'destroy':
        if (casting) this.#saw('poll deleted under casts')
        return run()
      default:
        return run()
    }
  }

  async #cast({ args, sentAt, run }: Call): Promise<unknown> {
    const [{ cast }] = args as [CastRequest] // as the stub was called
    const voter = toHex(cast.voterKey)
    const others = this.#deciding.get(voter) ?? 0
    if (others > 0) this.#saw('one voter, two casts in flight')
    if (this.#joining > 0) this.#saw('several first voters')
    if (this.#held) this.#saw('cast held for new questions')
    if (this.#frozenSince !== null && sentAt < this.#frozenSince) this.#saw('cast after freeze')
    this.#deciding.set(voter, others + 1)
    try {
      const reply = (await run()) as CastReply // what a cast answers
      this.#answered(reply)
      return reply
    } finally {
      const left = (this.#deciding.get(voter) ?? 1) - 1
      if (left === 0) this.#deciding.delete(voter)
      else this.#deciding.set(voter, left)
    }
  }

  #answered(reply: CastReply): void {
    if (!reply.ok) {
      if (reply.refusal.reason === 'invite-invalid') this.#saw('invite revoked on the way')
      return
    }
    const { id, revision } = reply.value.ballot
    const newest = this.#newest.get(id) ?? 0
    if (revision < newest) this.#saw('late retry of an old revision')
    this.#newest.set(id, Math.max(revision, newest))
  }
}
