// Where an option stands in its question's list: the index of its counters.
import type { Option, OptionId } from '../poll/poll.ts'

/** The place of every option, from 0. Remembered per list: the vote path asks once a ballot and question. */
export const placesOf = (options: readonly Option[]): ReadonlyMap<OptionId, number> => {
  const known = remembered.get(options)
  if (known !== undefined) return known
  const places = new Map(options.map(({ id }, place) => [id, place]))
  remembered.set(options, places)
  return places
}

/** The place of one option. An unknown one is a bug (answers are checked), and counting it nowhere would hide that. */
export const placeIn = (places: ReadonlyMap<OptionId, number>, id: OptionId): number => {
  const place = places.get(id)
  if (place === undefined) throw new Error(`an answer that was not checked names the option "${id}"`)
  return place
}

const remembered = new WeakMap<readonly Option[], ReadonlyMap<OptionId, number>>()
