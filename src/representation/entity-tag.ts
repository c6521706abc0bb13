// Entity tags: `"<kind>-<version>-<representation>"`, and what a client says about them.

/** The representation part is what the same version looks like in another format or with other fields. */
export const entityTag = (kind: 'poll' | 'results', version: number, representation = 'json'): string =>
  `"${kind}-${version}-${representation}"`

/** Whether If-None-Match names this tag: lists, `*`, and weak comparison, because compressing proxies weaken tags. */
export const namesTag = (ifNoneMatch: string | null, tag: string): boolean => {
  if (ifNoneMatch === null) return false
  if (ifNoneMatch.trim() === '*') return true
  return [...ifNoneMatch.matchAll(/(?:W\/)?("[^"]*")/g)].some(([, opaque]) => opaque === tag)
}

/** The versions that If-Match names; null: `*`, whatever is there. `W/` and the representation part are ignored: proxies
 *  that compress weaken tags, and a poll read in one format may be changed in another. */
export const versionsNamed = (ifMatch: string, kind: 'poll' | 'results'): readonly number[] | null =>
  ifMatch.trim() === '*'
    ? null
    : [...ifMatch.matchAll(new RegExp(`(?:W/)?"${kind}-(\\d{1,15})(?:-[^"]*)?"`, 'g'))].map(([, version]) =>
        Number(version),
      )
