// `npm run generate`: writes the files that are made from others, or with --check says which are out of date.
import { Option } from 'commander'
import { command, runCommand } from './command.ts'
import { Complaint } from './complaint.ts'
import { bringAlerts } from './generate-alerts.ts'
import { bringOpenApi } from './generate-openapi.ts'
import { bringPage } from './generate-page.ts'
import { bringProto } from './generate-proto.ts'
import { bringPublished } from './generate-published.ts'
import { bringTypes } from './generate-types.ts'

const kinds = {
  types: bringTypes,
  page: bringPage,
  proto: bringProto,
  openapi: bringOpenApi,
  published: bringPublished, // made from the document
  alerts: bringAlerts,
} as const

/** One generated file. `skipped` says why it was left alone. */
export interface Generated {
  readonly file: string
  readonly state: 'written' | 'current' | 'stale' | { readonly skipped: string }
}

/** Brings what was asked for up to date; with `check` only looks. */
export const generate = async (
  only: keyof typeof kinds | undefined,
  check: boolean,
): Promise<readonly Generated[]> => {
  const wanted = Object.entries(kinds).filter(([kind]) => only === undefined || kind === only)
  const results: Generated[] = []
  for (const [, bring] of wanted) results.push(...(await bring(check)))
  return results
}

interface Options {
  readonly only?: keyof typeof kinds
  readonly check?: true
}

const main = async ({ only, check }: Options): Promise<void> => {
  const results = await generate(only, check === true)
  for (const { file, state } of results)
    console.log(`${file}: ${typeof state === 'string' ? state : `skipped, ${state.skipped}`}`)
  const stale = results.filter(({ state }) => state === 'stale').map(({ file }) => file)
  if (stale.length > 0)
    throw new Complaint(`Out of date: ${stale.join(', ')}. Run "npm run generate" and commit the result.`)
}

if (import.meta.main) {
  const program = command(
    'npm run generate --',
    'Writes the types of the bindings from the configurations, the page from web/page, the messages from proto/, the API’s document from its definitions, the names of what is published beside the edge, and the alert rules from the objectives.',
  )
    .addOption(new Option('--only <kind>', 'only one kind').choices(Object.keys(kinds)))
    .option('--check', 'write nothing; fail naming what is out of date')
    .action(main)
  await runCommand(program)
}
