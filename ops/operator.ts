// What operator commands share: where the running system is, and a sentence instead of a stack.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'

export interface System {
  readonly url: string
  readonly rootKey: string
}

export const systemOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'the API; default: the one that npm start or npm run stack wrote down')
    .option('--root-key <key>', 'the operator’s key; default: ROOT_KEY, else the local one')

/** From the options, the environment, or `<EDGEPOLL_DATA>/dev.json`. */
export const systemOf = (options: { readonly url?: string; readonly rootKey?: string }): System => {
  const local = () => {
    const file = join(process.env['EDGEPOLL_DATA'] ?? '.edgepoll', 'dev.json')
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as System // npm start writes it
    } catch {
      throw new Error(`No running system is known: start one with npm start, or give --url and --root-key.`)
    }
  }
  const url = options.url ?? local().url
  return { url, rootKey: options.rootKey ?? process.env['ROOT_KEY'] ?? local().rootKey }
}

/** One call of an operator route. */
export const call = async <Answer>(system: System, method: string, path: string): Promise<Answer> => {
  const answer = await fetch(new URL(path, system.url), {
    method,
    headers: { Authorization: `Bearer ${system.rootKey}` },
  }).catch(() => {
    throw new Error(`${system.url} does not answer: is the system running?`)
  })
  const body: { title?: string; detail?: string } = await answer.json()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body.title ?? ''} ${body.detail ?? ''}`.trim())
  return body as Answer // an operator route of our own
}

export const run = async (program: Command): Promise<void> => {
  try {
    await program.parseAsync()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
  }
}
