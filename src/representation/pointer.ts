// RFC 6901 pointers, and how many of them an answer names.

export type Path = readonly (string | number)[]

export const pointerTo = (path: Path): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** A megabyte of faults must not be answered with several. */
export const mostFaults = 100
