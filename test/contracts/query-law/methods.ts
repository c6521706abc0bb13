// Every method of the archive's repositories, how many rows it may read, and why where it must read many.

import type { BallotMessage } from '../../../src/application/ballot-message.ts'
import type { NewKey } from '../../../src/application/key-ports.ts'
import { agingRows } from '../../../src/application/retention-ports.ts'
import type { Interval } from '../../../src/application/rollups.ts'
import { answerStore } from '../../../src/archive/answer-store.ts'
import { auditLog } from '../../../src/archive/audit-log.ts'
import { ballotPages } from '../../../src/archive/ballot-pages.ts'
import { ballotReader } from '../../../src/archive/ballot-reader.ts'
import { ballotRecords } from '../../../src/archive/ballot-records.ts'
import type { Database } from '../../../src/archive/database.ts'
import { deadLetters } from '../../../src/archive/dead-letters.ts'
import { inviteBook } from '../../../src/archive/invite-book.ts'
import { keyBook } from '../../../src/archive/key-book.ts'
import { keyRing } from '../../../src/archive/key-ring.ts'
import { logPosition } from '../../../src/archive/log-position.ts'
import { pollPlaces } from '../../../src/archive/poll-places.ts'
import { pollReader } from '../../../src/archive/poll-reader.ts'
import { pollRecords } from '../../../src/archive/poll-records.ts'
import { retentionRecords } from '../../../src/archive/retention-records.ts'
import { retentionTerms } from '../../../src/archive/retention-terms.ts'
import { rollupReader } from '../../../src/archive/rollup-reader.ts'
import { rollupRecords } from '../../../src/archive/rollup-records.ts'
import { usageReader } from '../../../src/archive/usage-reader.ts'
import { workspaces } from '../../../src/archive/workspaces.ts'
import { ownedPollOf } from '../../support/owned.ts'
import { aBallot, aPoll } from '../archived.ts'
import { type Law, one, page } from './law.ts'
import { webhookLaws } from './webhook-methods.ts'

const now = Date.UTC(2026, 5, 1)
const hex = 'ab'.repeat(32)
const claim = { id: hex, workspaceId: 'ws_1', fingerprint: hex, at: now }
const reach = { accountId: 'ws_1', mode: null }
const entry = {
  ...{ id: 'aud_new', workspaceId: 'ws_1', at: now, actor: 'key_4', action: 'key.rename', target: 'key_4' },
  requestId: 'r',
} as const
const newKey: NewKey = {
  id: 'key_new',
  accountId: 'ws_1',
  mode: 'live',
  scopes: ['keys:write'],
  secretHash: hex,
  name: 'k',
  createdAt: now,
  expiresAt: null,
}
const workspace = { id: 'ws_new', name: 'n', plan: 'free', retentionDays: null, createdAt: now } as const
const poll = await ownedPollOf('poll_1', 'ws_1')
const middle = 'bal_000500000'
const messages: readonly BallotMessage[] = [
  {
    v: 2,
    id: 'poll_1:0:1',
    pollId: 'poll_1',
    workspaceId: 'ws_1',
    shard: 0,
    first: 1,
    last: 100,
    ballots: Array.from({ length: 100 }, (_, n) =>
      aBallot(`bal_${String(n * 10).padStart(9, '0')}`, { revision: 2 }),
    ),
  },
]

const erasing: readonly BallotMessage[] = messages.map((message) => ({
  ...message,
  ballots: message.ballots.map((ballot) => ({ ...ballot, revision: 3, answers: null })),
}))

const list =
  (status: 'draft' | 'scheduled' | 'open' | 'closed' | null) => (db: Database, signal: AbortSignal) =>
    pollReader(db).list(
      {
        workspaceId: 'ws_0',
        status,
        limit: 100,
        after: { createdAt: Date.UTC(2026, 0, 1, 20), id: 'poll_z' },
        now,
      },
      signal,
    )

const timeline = (interval: Interval, limit: number) => (db: Database, signal: AbortSignal) =>
  rollupReader(db).timeline(poll, { interval, from: Date.UTC(2026, 0, 1), to: now, limit }, signal)

/** By `factory.method`, and in brackets what is asked of it. */
export const laws: Readonly<Record<string, Law>> = {
  ...webhookLaws,
  'answerStore.claim': one((db, signal) => answerStore(db).claim(claim, signal)),
  'answerStore.keep': one((db, signal) => answerStore(db).keep(claim, 'sealed', signal)),
  'answerStore.release': one((db, signal) => answerStore(db).release(claim, signal)),
  'answerStore.forget': {
    ...page((db, signal) => answerStore(db).forget(Date.UTC(2026, 0, 2, 1), signal), 3_600),
    multiple: 10,
    why: 'BRIN finds ranges of 128 pages, not rows',
  },
  'auditLog.add': one((db, signal) => auditLog(db).add(entry, signal)),
  'auditLog.list': page(
    (db, signal) =>
      auditLog(db).list({ workspaceId: 'ws_1', limit: 100, after: { at: now, id: 'aud_z' } }, signal),
    100,
  ),
  'ballotPages.list': page(
    (db, signal) => ballotPages(db).list(poll, { after: middle, limit: 100, erased: null }, signal),
    100,
  ),
  'ballotPages.list (erased)': {
    ...page(
      (db, signal) => ballotPages(db).list(poll, { after: middle, limit: 100, erased: true }, signal),
      5_000,
    ),
    multiple: 3,
    why: 'looks through 5,000 rows for what is rare, and again to say how far it came',
  },
  'ballotPages.find': one((db, signal) => ballotPages(db).find(poll, 'bal_000500010', signal)),
  'ballotPages.texts': {
    ...page(
      (db, signal) =>
        ballotPages(db).texts(poll, { questionId: 'nobody', after: middle, limit: 100 }, signal),
      5_000,
    ),
    multiple: 3,
    why: 'as for erased ballots',
  },
  'ballotPages.lines': {
    ...page(
      (db, signal) => ballotPages(db).lines(poll, { after: middle, rows: 1_000, bytes: 1e6 }, signal),
      1_000,
    ),
  },
  'ballotReader.audit': {
    ...page((db, signal) => ballotReader(db).audit('poll_1', signal), 100_000),
    why: 'a digest is of all ballots of its poll: it reads them, and no others, and sorts them, on disk where they are many',
    mayScan: ['sort', 'ballots'],
    multiple: 1.5,
    grows: true,
  },
  'ballotReader.pollIds': page((db, signal) => ballotReader(db).pollIds('poll_5', 100, signal), 100),
  'ballotRecords.store': page((db, signal) => ballotRecords(db).store(messages, signal), 100, 2),
  // A batch that erases looks for the letters of its polls; of those here none has died.
  'ballotRecords.store (erasing)': {
    ...page((db, signal) => ballotRecords(db).store(erasing, signal), 100, 2),
    statements: 2,
  },
  'deadLetters.keep': one((db, signal) =>
    deadLetters(db).keep([{ id: 'm', body: {}, diedAt: new Date(now).getTime() }], signal),
  ),
  'deadLetters.keep (with ballots)': {
    ...page(
      (db, signal) =>
        deadLetters(db).keep([{ id: 'm', body: messages[0], diedAt: new Date(now).getTime() }], signal),
      100,
      2,
    ),
    statements: 2,
  },
  'deadLetters.oldest': page((db, signal) => deadLetters(db).oldest(100, signal), 100),
  'deadLetters.remove': one((db, signal) => deadLetters(db).remove(['m'], signal)),
  'inviteBook.record': page(
    (db, signal) =>
      inviteBook(db).record(poll, { first: 900_000, hashes: Array(100).fill(hex), issuedAt: now }, signal),
    100,
  ),
  'inviteBook.revoke': one((db, signal) =>
    inviteBook(db).revoke(poll, { serial: 7, revokedAt: now }, signal),
  ),
  'inviteBook.list': page((db, signal) => inviteBook(db).list(poll, { after: 50, limit: 100 }, signal), 100),
  // Explained, a statement answers nothing: so it looks again for one that was made meanwhile, and finds none.
  'keyBook.add': {
    ...one((db, signal) =>
      keyBook(db)
        .add(newKey, entry, signal)
        .catch(() => undefined),
    ),
    statements: 2,
  },
  'keyBook.find': one((db, signal) => keyBook(db).find(reach, 'key_4', signal)),
  'keyBook.list': page((db, signal) => keyBook(db).list({ ...reach, limit: 100, after: null }, signal), 100),
  'keyBook.rename': one((db, signal) => keyBook(db).rename(reach, 'key_4', 'n', entry, signal), 4),
  'keyBook.rotate': one(
    (db, signal) =>
      keyBook(db).rotate(reach, 'key_4', { successor: newKey, endsAt: now, now }, entry, signal),
    5,
  ),
  'keyBook.revoke': {
    ...one((db, signal) => keyBook(db).revoke(reach, 'key_4', { force: false, now }, entry, signal)),
    multiple: 12,
    why: 'looks for another key of the workspace that manages, and in what it has found',
  },
  'keyBook.touch': one((db, signal) => keyBook(db).touch('key_4', now, signal)),
  'keyRing.find': one((db, signal) => keyRing(db).find('key_4', signal)),
  'logPosition.now': { ...one((db, signal) => logPosition(db).now(signal)), multiple: 0 },
  'pollPlaces.among': page(
    (db, signal) =>
      pollPlaces(db).among(
        Array.from({ length: 100 }, (_, n) => `poll_${n * 7}`),
        signal,
      ),
    100,
    2,
  ),
  'pollReader.list': page(list(null), 100),
  'pollReader.list (open)': page(list('open'), 100, 1.5),
  'pollReader.list (draft)': page(list('draft'), 100),
  'pollReader.list (scheduled)': {
    ...page(list('scheduled'), 1_000),
    why: 'reads all that are to be opened, which are few, and sorts them: no index has them in the order of the page',
    grows: true,
  },
  'pollReader.list (closed)': {
    ...page(list('closed'), 100, 2),
    why: 'reads besides all that are over by the clock and not yet recorded as closed: few, and sorted as those to be opened are',
    grows: true,
  },
  'pollRecords.record': one((db, signal) =>
    pollRecords(db).record(aPoll({ id: 'poll_1', version: 9 }), signal),
  ),
  'pollRecords.remove': {
    ...page(
      (db, signal) =>
        pollRecords(db).remove({ pollId: 'poll_1', workspaceId: 'ws_1', deletedAt: now }, signal),
      220_000,
    ),
    multiple: 1.2,
    why: 'it deletes what it reads: most of its partition, with rollups and invites besides',
    mayScan: ['ballots', 'rollups'],
    grows: true,
  },
  'retentionRecords.oldPolls': {
    ...page((db, signal) => retentionRecords(db).oldPolls(null, 100, now, signal), 100),
    multiple: 3,
    why: 'a page may be of many workspaces, each read for its retention',
  },
  'retentionRecords.oldPollsAmong': {
    ...page(
      (db, signal) =>
        retentionRecords(db).oldPollsAmong(
          Array.from({ length: 100 }, (_, n) => ({ workspaceId: `ws_${n}`, days: 1 })),
          null,
          100,
          now,
          signal,
        ),
      100,
    ),
    multiple: 102,
    why: 'reads up to a page of each workspace that it is asked for; once an hour',
  },
  'retentionTerms.list': {
    ...page((db, signal) => retentionTerms(db).list('ws_5', 1_000, signal), 1_000),
    multiple: 12,
    why: 'passes over workspaces that keep polls for ever, all 10,000 if need be; once an hour',
    mayScan: ['workspaces'],
    grows: true,
  },
  ...Object.fromEntries(
    agingRows
      .filter((rows) => rows !== 'letters-of-deleted-polls')
      .map((rows): [string, Law] => [
        `retentionRecords.forget (${rows})`,
        {
          ...page(
            (db, signal) =>
              retentionRecords(db).forget(rows, { before: Date.UTC(2026, 0, 1, 2), limit: 1_000 }, signal),
            1_000,
          ),
          multiple: 10,
          why: 'BRIN finds ranges of 128 pages; from the oldest on, the first page is the right one',
          mayScan: ['deliveries', 'audit_log'],
        },
      ]),
  ),
  'retentionRecords.forget (letters-of-deleted-polls)': {
    ...page(
      (db, signal) =>
        retentionRecords(db).forget('letters-of-deleted-polls', { before: now, limit: 1_000 }, signal),
      100_000,
    ),
    multiple: 2.1,
    why: 'looks into all letters, which are none unless something is wrong, and asks for the tombstone of each; once an hour',
    mayScan: ['dead_letters'],
    grows: true,
  },
  'rollupReader.crossTab': page((db, signal) => rollupReader(db).crossTab(poll, signal), 10_000),
  'rollupReader.timeline (minute)': page(timeline('minute', 1_000), 1_000),
  'rollupReader.timeline (hour)': {
    ...page(timeline('hour', 100), 100),
    multiple: 60,
    why: 'an hour has sixty minutes',
  },
  'rollupReader.timeline (day)': {
    ...page(timeline('day', 30), 30),
    multiple: 1_440,
    why: 'a day has 1,440 minutes',
  },
  'rollupRecords.agrees': {
    ...page((db, signal) => rollupRecords(db).agrees('poll_1', signal), 220_000),
    multiple: 1.2,
    why: 'counts all ballots of its poll and the minutes they were cast in, for the reconciler',
    mayScan: ['ballots', 'rollups'],
    grows: true,
  },
  'rollupRecords.recount': {
    ...page((db, signal) => rollupRecords(db).recount({ pollId: 'poll_9000', rankings: [] }, signal), 100),
    multiple: 2,
    why: 'counts all ballots of its poll, in a transaction that is alone with it',
    statements: 3,
    grows: true,
  },
  'usageReader.stored': {
    ...page((db, signal) => usageReader(db).stored('ws_0', signal), 50_000),
    why: 'counts the polls of the workspace, all 50,000, from an index alone; edges remember it for a minute',
    grows: true,
  },
  'usageReader.polls': page((db, signal) => usageReader(db).polls('ws_0', 1_000, signal), 1_000),
  'workspaces.create': one((db, signal) =>
    workspaces(db).create(
      workspace,
      { ...newKey, workspaceId: 'ws_new', plan: 'free', revokedAt: null },
      signal,
    ),
  ),
  'workspaces.find': one((db, signal) => workspaces(db).find('ws_1', signal)),
  'workspaces.change': one((db, signal) => workspaces(db).change('ws_1', { name: 'n' }, signal)),
}
