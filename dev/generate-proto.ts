// The code of the Protocol Buffers messages, made by buf with the plugin in node_modules: no network is asked.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { Complaint } from './complaint.ts'
import type { Generated } from './generate.ts'
import { projectRoot } from './settings.ts'

const folder = 'src/representation/generated'

export const bringProto = async (check: boolean): Promise<readonly Generated[]> => {
  buf(['lint'])
  const scratch = mkdtempSync(join(tmpdir(), 'edgepoll-proto-'))
  try {
    buf(['generate', '--output', scratch])
    const made = filesIn(join(scratch, folder))
    const gone = filesIn(join(projectRoot, folder)).filter((file) => !made.includes(file))
    return [
      ...made.map((file) =>
        bringOne(join(folder, file), readFileSync(join(scratch, folder, file), 'utf8'), check),
      ),
      ...gone.map((file) => removeOne(join(folder, file), check)),
    ]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const bringOne = (file: string, wanted: string, check: boolean): Generated => {
  const target = join(projectRoot, file)
  if (existsSync(target) && readFileSync(target, 'utf8') === wanted) return { file, state: 'current' }
  if (check) return { file, state: 'stale' }
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, wanted)
  return { file, state: 'written' }
}

/** Its messages are no longer in proto/. */
const removeOne = (file: string, check: boolean): Generated => {
  if (check) return { file, state: 'stale' }
  rmSync(join(projectRoot, file))
  return { file, state: 'written' }
}

const filesIn = (path: string): readonly string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    : []

const buf = (args: readonly string[]): void => {
  const tools = join(projectRoot, 'node_modules', '.bin')
  const { status, stdout, stderr, error } = spawnSync(join(tools, 'buf'), args, {
    cwd: projectRoot,
    env: { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Complaint(`buf ${args[0]} failed:\n${error?.message ?? stderr + stdout}`)
}
