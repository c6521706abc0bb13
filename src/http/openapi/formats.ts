// Bodies in every format a resource speaks. All of them carry the JSON model, so one schema describes them.
import type { z } from '@hono/zod-openapi'
import type { Shape } from '../../representation/protobuf.ts'

type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>

interface Spoken {
  readonly schema: z.ZodType
  /** The message that carries it; without one there are no Protocol Buffers. */
  readonly message?: Capitalize<Shape>
  readonly examples?: Examples
}

/** `application/msgpack` and `application/x-msgpack`, `application/x-protobuf` are understood as well. */
export const spoken = ({ schema, message, examples }: Spoken) => ({
  'application/json': { schema, ...(examples && { examples: { ...examples } }) },
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
