// The driver's process. Words: folder, commit ("group" or "single").
import { join } from 'node:path'
import { runCountBeside } from '../count-beside.ts'

const [folder = '.', commit = 'group'] = process.argv.slice(2)

/** A group gathers for a timer of at least a millisecond. The twin gathers nobody: it commits in the call, as code without
 *  groups would; behind that timer it reached half as much, which flattered the group. */
const inTheCall = 'const setTimeout = (run, ms) => (ms === 0 ? run() : globalThis.setTimeout(run, ms))'

await runCountBeside({
  folder,
  driver: join(import.meta.dirname, 'worker.ts'),
  vars: { BENCH_COMMIT: commit === 'single' ? 'single' : '' },
  banner: commit === 'single' ? inTheCall : '',
})
