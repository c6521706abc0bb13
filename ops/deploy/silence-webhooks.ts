// Takes out of a database whatever would be sent from it: in one that was copied the webhooks are those of the original.
import pg from 'pg'

/** Commits both or throws; a table that no migration has made yet holds nothing. */
export const silenceWebhooks = async (databaseUrl: string): Promise<void> => {
  // The compute of a new branch takes its time to answer first.
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 30_000 })
  client.on('error', () => undefined)
  await client.connect().catch((error: Error) => {
    throw new Error(
      `The database does not answer, so its webhooks are still there: ${error.message || error.name}`,
    )
  })
  try {
    await client.query('begin')
    await empty(client, 'webhooks', 'delete from webhooks')
    await empty(client, 'deliveries', `delete from deliveries where state = 'pending'`)
    await client.query('commit')
  } finally {
    await client.end().catch(() => undefined)
  }
}

const empty = async (client: pg.Client, table: string, statement: string): Promise<void> => {
  const { rows } = await client.query('select to_regclass($1) is not null as known', [table])
  if (rows[0]?.known === true) await client.query(statement)
}
