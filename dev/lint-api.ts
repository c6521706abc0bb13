// `npm run lint:api`: holds the API's document to the rules of redocly.yaml, in both of the versions it is served in.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { as30 } from '../src/http/openapi/as-30.ts'
import { command, runCommand } from './command.ts'
import { Complaint } from './complaint.ts'
import { projectRoot } from './settings.ts'

const main = async (): Promise<void> => {
  const scratch = mkdtempSync(join(tmpdir(), 'edgepoll-lint-'))
  try {
    const newer = join(projectRoot, 'openapi', 'openapi.json')
    const older = join(scratch, 'openapi-3.0.json')
    writeFileSync(older, JSON.stringify(as30(JSON.parse(readFileSync(newer, 'utf8'))), null, 2))
    lint(newer, older)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const lint = (...files: readonly string[]): void => {
  const redocly = join(projectRoot, 'node_modules', '@redocly', 'cli', 'bin', 'cli.js')
  const { status } = spawnSync(process.execPath, [redocly, 'lint', '--format=stylish', ...files], {
    cwd: projectRoot,
    // It would tell its makers that it ran, and ask the registry for a newer one.
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    stdio: 'inherit',
  })
  if (status !== 0) throw new Complaint('The document breaks a rule of redocly.yaml.')
}

if (import.meta.main) {
  await runCommand(
    command('npm run lint:api --', 'Holds openapi/openapi.json to the rules of redocly.yaml.').action(main),
  )
}
