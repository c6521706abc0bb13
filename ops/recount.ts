// `npm run recount -- export.ndjson log.ndjson`: recomputes a poll's result from what anybody with the export and the
// public log can read, outside the system. Needs no server and trusts none: chains, commitments, then the count.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { recount } from './recount/recount.ts'

const program = new Command('recount')
  .description('Recomputes a poll from its export and its log: the chain, every commitment, and the result.')
  .argument('<export>', 'GET /v1/polls/{id}/export?format=ndjson, with the owner’s key')
  .argument('<log...>', 'GET /v1/polls/{id}/log?shard=0, and each other shard; in one file or several')
  .option('--results <file>', 'a results document to compare with')
  .action((exported: string, logs: string[], options: { results?: string }) => {
    const results = options.results === undefined ? null : JSON.parse(readFileSync(options.results, 'utf8'))
    const found = recount(linesOf(exported), logs.flatMap(linesOf), results)
    for (const line of found.findings) console.log(line)
    console.log(JSON.stringify(found.results, null, 2))
    if (found.differences > 0) process.exitCode = 1
  })

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, at) => {
      try {
        return JSON.parse(line)
      } catch {
        throw new Error(`${file}: line ${at + 1} is not JSON`)
      }
    })

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
