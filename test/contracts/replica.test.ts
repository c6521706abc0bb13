// A real replica, held back: who names what they wrote never reads something older, and the replica answers where it can.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import { withPostgres } from '../support/postgres.ts'
import { withReplica } from '../support/replica.ts'

const postgres = withPostgres()
const replica = withReplica(postgres)

test('smoke', async () => {
  await postgres.query(`insert into usage values ('ws_a', '2026-01-01', 1)`)
  await replica.catchUp()
})
