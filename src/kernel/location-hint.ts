// Where the platform should make an object: near whoever comes first.

/** By continent as the platform reports it, two letters; undefined: wherever it is asked from. */
export const locationHint = (continent: string | null): DurableObjectLocationHint | undefined =>
  continent === null ? undefined : hints[continent]

const hints: Readonly<Record<string, DurableObjectLocationHint>> = {
  AF: 'afr',
  AS: 'apac',
  EU: 'weur',
  NA: 'enam',
  OC: 'oc',
  SA: 'sam',
}
