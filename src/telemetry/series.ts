// One line of a metric: its name and the values of its labels, as one text that keys a map and travels.

/** In no label value: they come from closed sets. */
const separator = '|'

/** What stands for the location until the Meter puts it in. */
export const placeHere = '@'

export const seriesKey = (name: string, values: readonly string[]): string => {
  let key = name
  for (const value of values) key += separator + value // a join makes an object of its own
  return key
}

export const seriesParts = (key: string): { readonly name: string; readonly values: readonly string[] } => {
  const [name = '', ...values] = key.split(separator)
  return { name, values }
}

const unplaced = separator + placeHere

/** The same line at a location, where it has one. */
export const placed = (key: string, place: string): string =>
  key.endsWith(unplaced) ? key.slice(0, -placeHere.length) + place : key
