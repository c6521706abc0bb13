// Fills a box's tables as if so many voters had come, by SQL inside the object: casting them would take minutes.
// The rows are as long as real ones and lie where real ones would; nobody could prove a ballot of theirs.
import type { BoxAddress } from '../../../src/application/ports.ts'
import { openLedger } from '../../../src/ballot-box/ledger.ts'
import { checkpointEvery, type LogEntry } from '../../../src/ballot-box/log.ts'
import { packEntries } from '../../../src/ballot-box/pack-log.ts'
import type { CountingDefinition } from '../../../src/domain/poll/counting.ts'
import type { Answers } from '../../../src/domain/tally/rule.ts'
import { countBallot, emptyTally, mergeTallies, type PollTally } from '../../../src/domain/tally/tally.ts'
import type { ObjectStorage } from '../../../src/kernel/object-storage.ts'

export interface Seeding {
  readonly address: BoxAddress
  readonly definition: CountingDefinition
  /** How many ballots: a multiple of `ballotsPerCommit`. */
  readonly ballots: number
  /** What every one of them answers. */
  readonly answers: Answers
}

export const ballotsPerCommit = 50

/** For a box that nobody has voted in: the first voter after it finds a box that was always there. */
export const seedBox = (storage: ObjectStorage, { address, definition, ballots, answers }: Seeding): void => {
  if (ballots % ballotsPerCommit !== 0) throw new RangeError(`${ballots} ballots are no whole commits`)
  openLedger(storage).define(address, definition)
  storage.transaction(() => {
    // In the order of the index: anywhere else each row would cost a page of it.
    storage.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1),
       voter as materialized (select randomblob(16) as key, i from n order by key)
       insert into ballot (voter_key, ballot_key, seq, answers, country, revisions)
       select key, key, i, ?2, null,
         '[{"revision":1,"seq":' || i || ',"castAt":1,"requestKey":null,"commitment":"'
           || lower(hex(randomblob(32))) || '"}]'
       from voter`,
      ballots,
      JSON.stringify(answers),
    )
    storage.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
       insert into log (first, last, head, entries)
       select (i - 1) * ?2 + 1, i * ?2, lower(hex(randomblob(32))), ?3 from n`,
      ballots / ballotsPerCommit,
      ballotsPerCommit,
      packEntries(aCommit()),
    )
    storage.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
       insert into checkpoint (seq, head, made_at) select i * ?2, lower(hex(randomblob(32))), 1 from n`,
      Math.max(1, Math.floor(ballots / checkpointEvery)),
      checkpointEvery,
    )
    storage.run(
      'insert into tally (id, version, body) values (1, ?, ?)',
      ballots,
      JSON.stringify(tallyOf(definition, answers, ballots)),
    )
    storage.run('update box set archived = ?', ballots)
  })
}

/** The log is read by nobody before its last entries: its size is what matters. */
const aCommit = (): readonly LogEntry[] =>
  Array.from({ length: ballotsPerCommit }, (_, at): LogEntry => {
    const key = crypto.getRandomValues(new Uint8Array(16))
    return {
      kind: 'cast',
      seq: at + 1,
      ballotSeq: at + 1,
      revision: 1,
      castAt: 1,
      commitment: 'c0'.repeat(32),
      keys: { voterKey: key, ballotKey: key },
      erasedBy: null,
    }
  })

/** By doubling: counting a million ballots one by one would take its time. */
const tallyOf = ({ poll }: CountingDefinition, answers: Answers, ballots: number): PollTally => {
  const { questions } = poll
  let sum = emptyTally(questions)
  let power = countBallot(questions, sum, answers)
  for (let left = ballots; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) sum = mergeTallies(questions, sum, power)
    power = mergeTallies(questions, power, power)
  }
  return sum
}
