// Words for schemas. The schema that validates stays the one definition of what there is; here it gets what a reader
// of the document needs beside it.
import { z } from '@hono/zod-openapi'

/** What OpenAPI says of a schema: any of its keywords. */
export interface Words {
  readonly description?: string
  readonly [keyword: string]: unknown
}

/** Each member's words, or the schema to show in its place. */
type MemberWords<Shape> = { readonly [Name in keyof Shape]: string | Words | z.ZodType }

/** The schema under a name of `components.schemas`. */
export const named = <Schema extends z.ZodType>(name: string, schema: Schema, words: Words = {}): Schema =>
  openapi.call(schema, name, words) as Schema // of the same class

/** The schema with words, in its place. */
export const worded = <Schema extends z.ZodType>(schema: Schema, words: string | Words): Schema =>
  openapi.call(schema, typeof words === 'string' ? { description: words } : words) as Schema // likewise

/** A validator's object under a name, with words for every member: one that is added to the validator does not compile
 *  here until somebody has described it. */
export const described = <Shape extends z.ZodRawShape, Config extends z.core.$ZodObjectConfig>(
  name: string,
  schema: z.ZodObject<Shape, Config>,
  words: MemberWords<Shape>,
  about: string | Words,
): z.ZodObject<Shape, Config> => {
  const members = Object.entries(schema.shape).map(([member, validator]) => {
    const said: string | Words | z.ZodType = words[member as keyof Shape] // it is one of the shape's own
    const shown = said instanceof z.ZodType ? said : worded(validator as z.ZodType, said) // a member of a shape is one
    return [member, shown] as const
  })
  // The members are the same ones, so the type is.
  const shown = schema.extend(Object.fromEntries(members)) as unknown as z.ZodObject<Shape, Config>
  return named(name, shown, typeof about === 'string' ? { description: about } : about)
}

/** A list, and what is in it. */
export const listOf = <Item extends z.ZodType>(description: string, item: Item): z.ZodArray<Item> =>
  z.array(item).describe(description)

/** Beside null. Not `.nullable()`: of a schema that has a name it would make the named one nullable. */
export const orNull = (schema: z.ZodType, description: string) =>
  z.union([schema, z.null()]).describe(description)

/** Borrowed from the class: validators that were made before zod learned it have no method of their own. */
const { openapi } = z.ZodType.prototype
