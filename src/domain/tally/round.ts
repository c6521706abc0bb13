// Rounding of ratios of whole numbers: exact, because it never leaves them.

/** The whole number nearest to `numerator / denominator`; halves go away from zero (as Postgres rounds `numeric`), so
 *  that swapping promoters and detractors only changes the sign. Never −0. `denominator` > 0; exact below 2⁵². */
export const nearest = (numerator: number, denominator: number): number => {
  const size = Math.abs(numerator)
  const rest = size % denominator
  const rounded = (size - rest) / denominator + (2 * rest >= denominator ? 1 : 0)
  return numerator < 0 && rounded !== 0 ? -rounded : rounded
}

/** `numerator / denominator` to 4 decimals. Rounding the quotient itself would miss halves: 57 of 800 is 0.07125, but
 *  10,000 times it is 712.4999… in doubles. Exact for numerators below 4·10¹¹. */
export const fourDecimals = (numerator: number, denominator: number): number =>
  nearest(10_000 * numerator, denominator) / 10_000
