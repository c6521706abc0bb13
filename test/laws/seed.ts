// The one seed of every law: the same inputs on every machine, others with EDGEPOLL_SEED=<number>.
import fc from 'fast-check'
import { vi } from 'vitest'

/** fast-check prints the seed with a counterexample; set it here to see it again. */
const { EDGEPOLL_SEED: given = '20131105' } = process.env // the day Minneapolis voted
export const seed = Number(given)

fc.configureGlobal({ seed, numRuns: 200 })
vi.setConfig({ testTimeout: 60_000 }) // a law is many runs, and a busy machine does not break it
