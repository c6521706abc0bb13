// Bodies in every format a resource speaks. All of them carry the JSON model, so one schema describes them.
import type { z } from '@hono/zod-openapi'
import type { Shape } from '../../representation/protobuf.ts'
import { type ExampleName, shown } from './examples.ts'

interface Spoken {
  readonly schema: z.ZodType
  /** The message that carries it; without one there are no Protocol Buffers. */
  readonly message?: Capitalize<Shape>
  readonly examples?: readonly ExampleName[]
}

/** `application/msgpack` and `application/x-msgpack`, `application/x-protobuf` are understood as well. */
export const spoken = ({ schema, message, examples = [] }: Spoken) => ({
  'application/json': { schema, ...(examples.length > 0 && { examples: shown(...examples) }) },
  'application/vnd.msgpack': { schema },
  ...(message && { 'application/protobuf': { schema: messageOf(message) } }),
})

/** A body that must be there. */
export const body = (what: Spoken) => ({ required: true, content: spoken(what) })

const messageOf = (message: string) => ({
  type: 'string' as const,
  format: 'binary',
  description: `The message \`edgepoll.v1.${message}\` of proto/edgepoll/v1.`,
})
