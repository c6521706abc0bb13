// RFC 6901 pointers, and how many of them an answer names.

export type Path = readonly (string | number)[]

export const pointerTo = (path: Path): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** A megabyte of faults must not be answered with several. */
export const mostFaults = 100

/** Nor may a long name that many faults stand within be said again for each of them: beyond this many characters of
 *  pointers no other is made. */
export const mostPointerText = 10_000
