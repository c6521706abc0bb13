// `npm run redrive`: sends dead letters to the archive again, all of them, a hundred at a time.
import { Command } from 'commander'
import { call, run, systemOf, systemOptions } from './operator.ts'

const program = systemOptions(
  new Command('redrive').description('Sends dead letters to the archive again. Repeating it is safe.'),
).action(async (options: { url?: string; rootKey?: string }) => {
  const system = systemOf(options)
  let total = 0
  while (true) {
    const { redriven } = await call<{ redriven: number }>(system, 'POST', '/v1/operator/dead-letters/redrive')
    total += redriven
    if (redriven === 0) break
    console.log(`${total} sent again …`)
  }
  console.log(total === 0 ? 'There are no dead letters.' : `${total} dead letters sent to the archive again.`)
})

await run(program)
