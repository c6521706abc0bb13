// What rollups count: how many ballots, along which dimension. Ids are `[a-z0-9_-]`, so that a slash separates them; the
// column orders bytes, so that all that begin alike lie side by side.
import { sql } from 'drizzle-orm'

/** By minute: ballots that have answers. */
export const total = 'total'
/** By minute: `option/<question>/<option>`. */
export const options = 'option/'
/** Without time: `country/<CC>` and `country/<CC>/<question>/<option>`; where the platform knew no country, nothing stands
 *  for it. A breakdown reads these, so that it takes as long after a year as after an hour. */
export const countries = 'country/'

/** Where time is not told apart. */
export const noTime = sql`to_timestamp(0)`

/** The least text that is greater than all that begin with this one, which ends in a slash. */
export const beyond = (prefix: string): string => `${prefix.slice(0, -1)}0`
