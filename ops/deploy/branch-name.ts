// The name of a preview of a branch, and what things are called in it.
import { createHash } from 'node:crypto'

/** A name of the common preview, `edgepoll-edge-preview`, in the preview of a branch. */
export const nameIn = (name: string, branch: string | null): string =>
  branch === null ? name : name.replace(/-preview$/, `-${branch}`)

/** A branch as part of a host name: lower case, digits, hyphens, at most 33. Two branches never share one, and none is an
 *  environment or makes a queue of ballots look like the one of dead letters. null: there is nothing in it to be named by. */
export const branchName = (branch: string): string | null => {
  const name = branch
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (name === '') return null
  const hash = createHash('sha256').update(branch).digest('hex').slice(0, 8)
  // What was changed or cut off may have been the whole difference.
  return name === branch && name.length <= 30
    ? `on-${name}`
    : `on-${name.slice(0, 21).replace(/-+$/, '')}-${hash}`
}
