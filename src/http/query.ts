// Query parameters, parsed.

/** A whole number between two bounds, or null. */
export const wholeNumber = (text: string, least: number, most: number): number | null => {
  if (!/^\d{1,16}$/.test(text)) return null
  const value = Number(text)
  return value >= least && value <= most ? value : null
}
