// How log entries lie in one row: JSON arrays, keys as base64url, the seq implied by the place.
import { fromBase64Url, toBase64Url } from '../kernel/bytes.ts'
import type { LogEntry } from './log.ts'

export const packEntries = (entries: readonly LogEntry[]): string =>
  JSON.stringify(
    entries.map(
      ({ kind, ballotSeq, revision, castAt, commitment, keys, erasedBy }): PackedEntry => [
        kind,
        ballotSeq,
        revision,
        castAt,
        commitment,
        keys && toBase64Url(keys.voterKey),
        keys && toBase64Url(keys.ballotKey),
        erasedBy,
      ],
    ),
  )

/** `first` is the seq of the row's first entry. */
export const unpackEntries = (first: number, packed: string): LogEntry[] =>
  (JSON.parse(packed) as PackedEntry[]) // written by packEntries
    .map(([kind, ballotSeq, revision, castAt, commitment, voterKey, ballotKey, erasedBy], at) => ({
      kind,
      seq: first + at,
      ballotSeq,
      revision,
      castAt,
      commitment,
      keys:
        voterKey === null || ballotKey === null
          ? null
          : { voterKey: fromBase64Url(voterKey), ballotKey: fromBase64Url(ballotKey) },
      erasedBy,
    }))

type PackedEntry = readonly [
  LogEntry['kind'],
  ballotSeq: number,
  revision: number,
  castAt: number,
  commitment: string,
  voterKey: string | null,
  ballotKey: string | null,
  erasedBy: number | null,
]
