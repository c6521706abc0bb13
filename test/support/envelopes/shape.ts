// The shape of what was said, as far as whoever reads it may rely on it; and whether another may stand in for it.

export interface Shape {
  /** What a value may be: `string`, `number`, `null`, … ; of a member that says what something is, the word itself. */
  readonly types: ReadonlySet<string>
  readonly members: ReadonlyMap<string, Member>
  /** Of the elements of a list; null: there never was one. */
  readonly element: Shape | null
}

interface Member {
  readonly shape: Shape
  /** Whether it was there every time. */
  readonly always: boolean
}

/** Members whose text decides how the rest is read. A word that is new is not understood by whoever came before it. */
const words = new Set(['kind', 'type', 'by'])

export const shapeOf = (values: readonly unknown[], name = ''): Shape => {
  const objects = values.filter((value) => typeOf(value) === 'object').map((value) => Object(value))
  const lists = values.filter(Array.isArray)
  const names = new Set(
    objects.flatMap((object) => Object.keys(object).filter((key) => object[key] !== undefined)),
  )
  return {
    types: new Set(
      values.map((value) => (words.has(name) && typeof value === 'string' ? `"${value}"` : typeOf(value))),
    ),
    members: new Map(
      [...names].map((key) => {
        const held = objects.map((object) => object[key]).filter((value) => value !== undefined)
        return [key, { shape: shapeOf(held, key), always: held.length === objects.length }]
      }),
    ),
    element: lists.some(({ length }) => length > 0) ? shapeOf(lists.flat(), name) : null,
  }
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Uint8Array) return 'bytes'
  return typeof value
}

/** Why whoever reads `known` could not read `now`: what it relies on is gone, or is something it has never seen. */
export const breaks = (known: Shape, now: Shape, path = ''): readonly string[] => {
  const strange = [...now.types].filter((type) => !known.types.has(type))
  const members = [...known.members].flatMap(([name, member]) => {
    const here = `${path}.${name}`
    const given = now.members.get(name)
    // Nothing of this kind was said this time: nothing is missing in it.
    if (now.members.size === 0 && !now.types.has('object')) return []
    if (given === undefined) return member.always ? [`${here} is gone`] : []
    return [
      ...(member.always && !given.always ? [`${here} is not always there`] : []),
      ...breaks(member.shape, given.shape, here),
    ]
  })
  const elements =
    known.element === null || now.element === null ? [] : breaks(known.element, now.element, `${path}[]`)
  return [...strange.map((type) => `${path || 'it'} may be ${type}`), ...members, ...elements]
}
