// The procedures of edgepoll.v1.PollService: their messages, and what a request must be before it is read as one.
import { create, type DescMessage, type MessageShape } from '@bufbuild/protobuf'
import { accept, type Result } from '../kernel/result.ts'
import { type Malformed, unacceptable } from './codec.ts'
import { reading } from './flaw.ts'
import { type BallotDraft, BallotDraftSchema, BallotSchema } from './generated/edgepoll/v1/ballot_pb.ts'
import { PollSchema } from './generated/edgepoll/v1/poll_pb.ts'
import { ResultsSchema } from './generated/edgepoll/v1/results_pb.ts'
import { CastOutcome, PollService, ProblemSchema } from './generated/edgepoll/v1/service_pb.ts'
import { json } from './json.ts'
import { examine } from './json-model.ts'
import { documentOf, messageOf } from './message-model.ts'
import { checkWire, noMessage } from './message-wire.ts'

export { PollService, ProblemSchema }

/** What a request is as strict as anywhere else in: its bytes, before the library reads a message from them. */
export const checkRequest = (
  input: DescMessage,
  format: 'json' | 'proto',
  bytes: Uint8Array,
): Result<unknown, Malformed> =>
  format === 'json'
    ? json.decode(bytes)
    : reading(noMessage, () => {
        checkWire(input, bytes)
        return accept(null)
      })

/** The body that this message would be in REST. */
export const ballotDraftOf = (message: BallotDraft | undefined): Result<unknown, Malformed> => {
  const document = documentOf(BallotDraftSchema, message ?? create(BallotDraftSchema))
  const { faults } = examine(document)
  return faults.length === 0 ? accept(document) : unacceptable(faults)
}

export const pollMessage = (document: object) => messageFor(PollSchema, document)
export const ballotMessage = (document: object) => messageFor(BallotSchema, document)
export const resultsMessage = (document: object) => messageFor(ResultsSchema, document)

export const outcomes = {
  accepted: CastOutcome.ACCEPTED,
  revised: CastOutcome.REVISED,
  replayed: CastOutcome.REPLAYED,
} as const

const messageFor = <Schema extends DescMessage>(schema: Schema, document: object) =>
  create(schema, messageOf(schema, document) as never) as MessageShape<Schema> // as the conventions make it
