// Numbers and short sentences as the page says them, the same on the server and in the page's script.

/** `1204` → `1,204`. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',')

/** `counted(1, 'ballot')` → `1 ballot`. */
export const counted = (n: number, one: string): string => `${grouped(n)} ${n === 1 ? one : `${one}s`}`

/** A share of 0–1 as a person reads it. One decimal from a thousand ballots on, where whole percents would stand still. */
export const percent = (share: number, of: number): string => {
  if (share > 0 && share < 0.01 && of < 1000) return '<1%'
  return `${(share * 100).toFixed(of >= 1000 ? 1 : 0)}%`
}

/** `2` → `2nd`. */
export const ordinal = (n: number): string => {
  const tens = n % 100
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${ending}`
}

/** How many options a ballot may name, as an instruction. */
export const chooseHint = (min: number, max: number, options: number): string => {
  if (max === 1) return 'Choose one'
  if (min === max) return `Choose exactly ${max}`
  if (max >= options) return min > 1 ? `Choose at least ${min}` : 'Choose as many as you like'
  return min > 1 ? `Choose ${min} to ${max}` : `Choose up to ${max}`
}
