// What a failed statement is to everybody else: whether trying again can help, and a code. Apart from the driver, which is
// loaded at the first statement.
import { Unavailable } from '../kernel/unavailable.ts'

/** Postgres did not say yes and may say it later. Whether it did what was asked is unknown; every statement of this
 *  room but the making of a workspace can be repeated. */
export class ArchiveUnavailable extends Unavailable {
  /** An SQLSTATE, or `unreachable` where Postgres gave none. */
  readonly code: string

  constructor(code: string) {
    super('postgres')
    this.message += ` (${code})`
    this.code = code
  }
}

/** Postgres refuses this content and always will: repeating it only makes a queue sick. */
export class ArchiveRejected extends Error {
  override readonly name = 'ArchiveRejected'
  /** An SQLSTATE. */
  readonly code: string

  constructor(code: string) {
    super(`postgres will never take this (${code})`)
    this.code = code
  }
}
