// The messages of proto/edgepoll/v1, each carrying one JSON shape (message-model says how).
import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf'
import { accept, type Result } from '../kernel/result.ts'
import { type Malformed, unacceptable } from './codec.ts'
import { reading } from './flaw.ts'
import {
  BallotDraftSchema,
  BallotSchema,
  OwnBallotSchema,
  ProofSchema,
} from './generated/edgepoll/v1/ballot_pb.ts'
import { PollDraftSchema, PollPageSchema, PollSchema } from './generated/edgepoll/v1/poll_pb.ts'
import { ResultsSchema } from './generated/edgepoll/v1/results_pb.ts'
import { examine } from './json-model.ts'
import { documentOf, messageOf } from './message-model.ts'
import { checkWire, noMessage } from './message-wire.ts'

/** What can be said in Protocol Buffers. */
const shapes = {
  pollDraft: PollDraftSchema,
  poll: PollSchema,
  pollPage: PollPageSchema,
  ballotDraft: BallotDraftSchema,
  ballot: BallotSchema,
  ownBallot: OwnBallotSchema,
  proof: ProofSchema,
  results: ResultsSchema,
} as const satisfies Record<string, DescMessage>

export type Shape = keyof typeof shapes

export const encodeShape = (shape: Shape, document: object): Uint8Array<ArrayBuffer> => {
  const schema: DescMessage = shapes[shape]
  return toBinary(schema, create(schema, messageOf(schema, document)))
}

/** The document in a message, strictly. */
export const decodeShape = (shape: Shape, bytes: Uint8Array): Result<unknown, Malformed> =>
  reading(noMessage, () => {
    const schema: DescMessage = shapes[shape]
    checkWire(schema, bytes)
    const document = documentOf(schema, fromBinary(schema, bytes))
    const { faults } = examine(document)
    return faults.length === 0 ? accept(document) : unacceptable(faults)
  })
