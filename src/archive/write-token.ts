// How far databases have been written, as the text that owners carry from a write to a read: `main=0/16B3748`, and with a
// comma that of a second database. It says nothing but positions in their logs.

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
