// The one seed of every law: the same inputs on every machine, others with EDGEPOLL_SEED=<number>.
import fc from 'fast-check'

/** fast-check prints the seed with a counterexample; set it here to see it again. */
const { EDGEPOLL_SEED: given = '20131105' } = process.env // the day Minneapolis voted
export const seed = Number(given)

fc.configureGlobal({ seed, numRuns: 200 })
