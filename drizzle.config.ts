// Where drizzle-kit finds the schema and writes migrations: `drizzle-kit generate --name <what-changes>`.
import { defineConfig } from 'drizzle-kit'

const { DATABASE_URL = '' } = process.env // only push and studio ask; generate needs no database

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/archive/schema.ts',
  out: './migrations',
  dbCredentials: { url: DATABASE_URL },
})
