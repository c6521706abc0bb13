// Small JSON files that hold secrets and survive a crash: written whole or not at all, readable by their owner only.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'

/** The content of `path`, or null when it is missing or broken; the caller judges its shape. */
export const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

export const writeJson = (path: string, value: unknown): void => {
  const draft = `${path}.${process.pid}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`)
    // Without it a power cut may keep the new name and lose the content.
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}
