// Migrations only add: what an older version reads or writes is still there while both run.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { complaintsAbout } from './destructive-statements.ts'

const folder = 'migrations'
/** Before the rule. */
const lastUnchecked = '0004'

const checked = readdirSync(folder)
  .filter((name) => name.endsWith('.sql') && name.slice(0, 4) > lastUnchecked)
  .sort()

test('there is something to check', () => {
  expect(checked).toContain('0005_owners_and_rollups.sql')
})

test.each(checked)('%s takes nothing away without saying why', (name) => {
  expect(complaintsAbout(readFileSync(`${folder}/${name}`, 'utf8'))).toEqual([])
})

describe('a statement is destructive', () => {
  test.each([
    'DROP TABLE "ballots";',
    'drop index concurrently "ballots_by_time";',
    'ALTER TABLE "polls" DROP COLUMN "phase";',
    'ALTER TABLE "polls"\n\tDROP CONSTRAINT "polls_pkey";',
    'ALTER TABLE "polls" ALTER COLUMN "phase" SET DATA TYPE integer;',
    'ALTER TABLE "polls" ALTER COLUMN "phase" TYPE integer;',
    'ALTER TABLE "polls" ALTER COLUMN "phase" SET NOT NULL;',
    'ALTER TABLE "polls" RENAME COLUMN "phase" TO "state";',
    'ALTER TABLE "polls" RENAME TO "votes";',
    'ALTER TABLE "polls" ADD COLUMN "colour" text NOT NULL;',
    'TRUNCATE "ballots";',
    'DELETE FROM "ballots";',
    'UPDATE "polls" SET "phase" = 1;',
  ])('%s', (statement) => {
    expect(complaintsAbout(statement)).toHaveLength(1)
    expect(complaintsAbout(`-- destructive: nobody reads it since version 3\n${statement}`)).toEqual([])
    expect(complaintsAbout(`-- destructive:\n${statement}`)).toHaveLength(1)
  })
})

describe('a statement is not destructive', () => {
  test.each([
    'CREATE TABLE "dropped" ("id" text NOT NULL);',
    'ALTER TABLE "polls" ADD COLUMN "colour" text;',
    `ALTER TABLE "polls" ADD COLUMN "colour" text DEFAULT '' NOT NULL;`,
    'ALTER TABLE "polls" ALTER COLUMN "phase" DROP NOT NULL;',
    'CREATE INDEX "polls_by" ON "polls" USING btree ("id");',
    '-- We do not DROP TABLE here.\nCREATE TABLE "x" ("id" text);',
    `COMMENT ON TABLE "polls" IS 'drop table polls';`,
  ])('%s', (statement) => {
    expect(complaintsAbout(statement)).toEqual([])
  })
})

test('one mark excuses one statement', () => {
  const two = '-- destructive: unused\nDROP TABLE "a";--> statement-breakpoint\nDROP TABLE "b";'
  expect(complaintsAbout(two)).toEqual(['DROP TABLE "b": drops something'])
})
