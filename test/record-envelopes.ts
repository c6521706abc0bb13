// Keeps what this version says and understands, when it is released: later versions are held to it by test/runtime/mixed-versions.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { envelopesFolder, learntNow, written } from './support/envelopes/files.ts'
import { heardInASession } from './support/envelopes/session.ts'

await new Command('node test/record-envelopes.ts')
  .description(
    'Records what edges, objects and archive of this version say to each other, into test/data/envelopes.',
  )
  .argument('<name>', 'of the release, beginning with its day: 2026-11-29')
  .option(
    '--replace',
    'write over what was recorded under that name, which must not have been released',
    false,
  )
  .action(async (name: string, { replace }: { readonly replace: boolean }) => {
    const file = join(envelopesFolder, `${name}.json`)
    if (!/^\d{4}-\d\d-\d\d[a-z0-9-]*$/.test(name)) throw new Error(`${name} does not begin with a day.`)
    if (existsSync(file) && !replace)
      throw new Error(`${file} is there: what was released is not recorded again.`)
    const said = await heardInASession()
    const message = said.find(({ to }) => to === 'queue')?.args[0]
    if (message === undefined) throw new Error('Nothing was sent to the archive.')
    writeFileSync(file, written({ learnt: learntNow(Object(message)), said }))
    console.log(`${said.length} envelopes are in ${file}`)
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  })
