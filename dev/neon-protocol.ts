// What Neon's HTTP driver says and expects to hear: requests into statements, results and errors into answers.
import pg from 'pg'
import { z } from 'zod'
import type { JsonAnswer, JsonRequest } from './json-server.ts'

export interface Statement {
  readonly text: string
  readonly values: readonly (string | null)[]
}

export interface NeonCall {
  readonly statements: readonly Statement[]
  /** A batch runs in one transaction and is answered as a list. */
  readonly batch: boolean
  /** The statement that opens the transaction of a batch. */
  readonly begin: string
  readonly rowsAsArrays: boolean
  /** Whose session it is: the address the Worker was given. */
  readonly connectionString: string
}

const statement = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) })
const bodies = z.union([z.object({ queries: z.array(statement) }), statement])

const levels: Readonly<Record<string, string>> = {
  ReadUncommitted: 'read uncommitted',
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
}

/** A call, or the sentence that says what it lacks. */
export const readCall = ({ headers, body }: JsonRequest): NeonCall | string => {
  const parsed = bodies.safeParse(body)
  if (!parsed.success) return 'The body is neither {query, params} nor {queries}'
  const header = (name: string) => String(headers[name] ?? '')
  const connectionString = header('neon-connection-string')
  if (URL.parse(connectionString) === null)
    return 'The header Neon-Connection-String is missing or not an address'
  const level = header('neon-batch-isolation-level')
  if (level !== '' && levels[level] === undefined)
    return `Neon-Batch-Isolation-Level is not ${Object.keys(levels).join(', ')}`
  const batch = 'queries' in parsed.data
  const queries = 'queries' in parsed.data ? parsed.data.queries : [parsed.data]
  return {
    statements: queries.map(({ query, params }) => ({ text: query, values: params.map(asText) })),
    batch,
    begin: [
      'begin',
      level === '' ? '' : `isolation level ${levels[level]}`,
      header('neon-batch-read-only') === 'true' ? 'read only' : '',
      header('neon-batch-deferrable') === 'true' ? 'deferrable' : '',
    ]
      .filter((word) => word !== '')
      .join(' '),
    rowsAsArrays: header('neon-array-mode') === 'true',
    connectionString,
  }
}

/** One result as the driver reads it: every value as Postgres wrote it, the driver itself knows the types. */
export const renderResult = (
  { command, rowCount, fields, rows }: pg.QueryArrayResult,
  rowsAsArrays: boolean,
) => ({
  command,
  rowCount,
  rowAsArray: rowsAsArrays,
  fields: fields.map((field) => ({ ...field })),
  rows: rowsAsArrays
    ? rows
    : rows.map((row) => Object.fromEntries(row.map((value, at) => [fields[at]?.name, value]))),
})

const errorFields = [
  ...[
    'severity',
    'code',
    'detail',
    'hint',
    'position',
    'internalPosition',
    'internalQuery',
    'where',
    'schema',
  ],
  ...['table', 'column', 'dataType', 'constraint', 'file', 'line', 'routine'],
] as const

// Postgres is there and is coming up or going down: there is no session to have yet.
const noSessionYet = '57P03'

/** 400 with what Postgres said, or 503 when it could not be asked: only then has the driver no code to show. */
export const renderError = (error: unknown): JsonAnswer => {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof pg.DatabaseError) || error.code === noSessionYet) {
    return { status: 503, body: { message: `Postgres cannot be reached: ${message}` } }
  }
  return {
    status: 400,
    body: { message, ...Object.fromEntries(errorFields.map((name) => [name, error[name] ?? null])) },
  }
}

export const refuse = (status: number, message: string): JsonAnswer => ({
  status,
  body: { message, code: null },
})

// The driver sends text; this is for those who post by hand.
const asText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
