// Upstash's limiter marks its Lua scripts with a flag that only Upstash knows; here the mark is taken off and remembered.
import { createHash } from 'node:crypto'

/** Rewrites the commands that carry a script, or its hash, to what a plain Redis understands. */
export interface ScriptBook {
  /** `['EVALSHA', hash of the marked text, …]` becomes the hash of the plain text, if that text has been seen. */
  translate(command: readonly string[]): readonly string[]
}

const unknownFlag = 'allow-key-locking'

export const createScriptBook = (): ScriptBook => {
  const plainHashes = new Map<string, string>()
  const plain = (script: string): string => {
    const stripped = withoutUnknownFlag(script)
    if (stripped !== script) plainHashes.set(hashOf(script), hashOf(stripped))
    return stripped
  }
  const plainHash = (hash: string) => plainHashes.get(hash.toLowerCase()) ?? hash
  return {
    translate([name = '', ...args]) {
      const [first = '', ...rest] = args
      switch (name.toUpperCase()) {
        case 'EVAL':
        case 'EVAL_RO':
          return [name, plain(first), ...rest]
        case 'EVALSHA':
        case 'EVALSHA_RO':
          return [name, plainHash(first), ...rest]
        case 'SCRIPT':
          if (first.toUpperCase() === 'LOAD') return [name, first, ...rest.map(plain)]
          if (first.toUpperCase() === 'EXISTS') return [name, first, ...rest.map(plainHash)]
          return [name, ...args]
        default:
          return [name, ...args]
      }
    },
  }
}

/** The script without the flag; without its first line when no other flag is left. */
export const withoutUnknownFlag = (script: string): string => {
  const end = script.indexOf('\n')
  const first = end < 0 ? script : script.slice(0, end)
  const flags = /^#!lua\s+flags=(\S*)\s*$/.exec(first)?.[1]?.split(',')
  if (!flags?.includes(unknownFlag)) return script
  const others = flags.filter((flag) => flag !== unknownFlag)
  // The line itself stays, so that line numbers in errors are right.
  return (others.length === 0 ? '--' : `#!lua flags=${others.join(',')}`) + (end < 0 ? '' : script.slice(end))
}

/** How Redis names a script. */
export const hashOf = (script: string): string => createHash('sha1').update(script).digest('hex')
