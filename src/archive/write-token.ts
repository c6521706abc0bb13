// How far databases have been written, as the text that owners carry from a write to a read: `main=0/16B3748`, and with a
// comma that of a second database. It says nothing but positions in their logs.
import type { WriteTokens } from '../application/write-tokens.ts'
import type { Databases } from './databases.ts'
import type { LogPosition } from './log-position.ts'

/** Tokens of what a workspace has written: in the directory and where its data lies, as far as these have replicas. */
export const writeTokens = (
  { directory, of }: Databases,
  positionOf: (workspaceId: string) => LogPosition,
  ofDirectory: LogPosition,
): WriteTokens => ({
  written: async (workspaceId, signal) => {
    const own = of(workspaceId)
    const asked = [
      ...(directory.replicated ? [{ name: directory.name, position: ofDirectory }] : []),
      ...(own.replicated && own !== directory ? [{ name: own.name, position: positionOf(workspaceId) }] : []),
    ]
    if (asked.length === 0) return null
    const positions = await Promise.all(
      asked.map(async ({ name, position }) => [name, await position.now(signal)] as const),
    )
    return tokenOf(Object.fromEntries(positions))
  },
})

/** Positions (LSN, as Postgres writes them) by the name of their database. */
export type Positions = Readonly<Record<string, string>>

export const tokenOf = (positions: Positions): string =>
  Object.entries(positions)
    .map(([name, lsn]) => `${name}=${lsn}`)
    .join(',')

/** The position that a token names for a database; null: it names none, or is no token. */
export const positionIn = (token: string, name: string): string | null => {
  for (const part of token.split(',')) {
    const [, of, lsn = null] = form.exec(part) ?? []
    if (of === name) return lsn
  }
  return null
}

const form = /^([a-z][a-z0-9-]*)=([0-9A-F]{1,8}\/[0-9A-F]{1,8})$/
