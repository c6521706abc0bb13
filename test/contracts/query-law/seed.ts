// A large archive: 10⁶ ballots, 10⁵ of them of one poll; 10⁵ polls, half of them of one workspace; and what lies beside.
import type { TestPostgres } from '../../support/postgres.ts'

/** `times` that much. Some three minutes for ten times. */
export const seed = async (postgres: TestPostgres, times = 1): Promise<void> => {
  const many = 100_000 * times
  const statements = [
    `insert into workspaces (id, name, plan, created_at, retention_days)
     select 'ws_' || n, 'w', 'pro', now(), case when n % 10 = 0 then 30 end from generate_series(0, 9999) as n`,
    `insert into api_keys (id, workspace_id, mode, scopes, secret_hash, created_at)
     select 'key_' || n, 'ws_' || n / 4, 'live', '{keys:write}', '\\x00', now() - n * interval '1 s'
     from generate_series(0, 39999) as n`,
    // Of ws_0 in a hundred: ten closed, two to be opened, and of those for ever open one in a thousand that is over by the clock.
    `insert into polls (id, workspace_id, title, phase, archived, version, definition, created_at)
     select 'poll_' || n, case when n % 2 = 0 then 'ws_0' else 'ws_' || n % 9999 end, 'Lunch',
       case when n % 20 = 2 then 'closed' when n % 5000 = 4 then 'closing' else 'open' end, false, 1,
       jsonb_build_object('dedupe', '{"by":"session"}'::jsonb, 'questions', '[]'::jsonb)
         || case when n % 100 = 6 then jsonb_build_object('opensAt', ${day('2026-12-01')}) else '{}' end
         || case when n % 10 = 8 then jsonb_build_object('opensAt', ${day('2026-02-01')}, 'closesAt', ${day('2027-02-01')})
                 when n % 2000 = 10 then jsonb_build_object('closesAt', ${day('2026-02-01')}) else '{}' end,
       timestamptz '2026-01-01' + n * interval '1 s' from generate_series(1, ${many}) as n`,
    `insert into ballots (poll_id, id, revision, cast_at, answers, shard, seq, country, salt)
     select case when n % 10 = 0 then 'poll_1' else 'poll_' || n % 9999 + 2 end, 'bal_' || lpad(n::text, 9, '0'), 1,
       timestamptz '2026-01-01' + n * interval '1 s', case when n % 1000 = 0 then null else '{"why":"so"}'::jsonb end,
       n % 4, n, 'DE', 'salt'
     from generate_series(1, ${10 * many}) as n`,
    `insert into rollups (poll_id, dimension, minute, ballots)
     select 'poll_' || n % 5000, 'total', timestamptz '2026-01-01' + n * interval '1 min', 1
     from generate_series(1, ${many}) as n where n % 5000 <> 1`,
    // Of one poll: a minute after the other, and a cross-table of 100 countries and 100 options.
    `insert into rollups (poll_id, dimension, minute, ballots)
     select 'poll_1', 'total', timestamptz '2026-01-01' + n * interval '1 min', 1 from generate_series(1, ${many}) as n`,
    `insert into rollups (poll_id, dimension, minute, ballots)
     select 'poll_1', 'country/C' || n / 100 || '/q/o' || n % 100, 'epoch', 1 from generate_series(0, 9999) as n`,
    `insert into dead_letters (id, body, died_at)
     select 'dead_' || n, '{"pollId":"poll_' || n || 'x","ballots":[]}', timestamptz '2026-01-01' + n * interval '1 s'
     from generate_series(1, ${many}) as n`,
    `insert into deleted_polls (poll_id, workspace_id, deleted_at)
     select 'poll_' || n || 'gone', 'ws_1', timestamptz '2026-01-01' + n * interval '1 s' from generate_series(1, ${many}) as n`,
    `insert into invites (poll_id, serial, workspace_id, hash, issued_at)
     select 'poll_' || n % 10, n / 10, 'ws_1', '\\x00', now() from generate_series(0, ${many}) as n`,
    `insert into audit_log (id, workspace_id, at, actor, action, target, request_id)
     select 'aud_' || n, 'ws_' || n % 10, timestamptz '2026-01-01' + n * interval '1 s', 'key_1', 'poll.close', 'poll_1', 'r'
     from generate_series(1, ${many}) as n`,
    `insert into idempotency_keys (id, workspace_id, fingerprint, created_at, expires_at)
     select sha256(n::text::bytea), 'ws_1', '\\x00', timestamptz '2026-01-01' + n * interval '1 s', now()
     from generate_series(1, ${many}) as n`,
    `insert into deliveries (id, workspace_id, webhook_id, event, poll_id, payload, state, attempts, created_at)
     select 'msg_' || n, 'ws_1', 'wh_12', 'poll.closed', 'poll_1', '{}', 'delivered', 1,
       timestamptz '2026-01-01' + n * interval '1 s' from generate_series(1, ${many}) as n`,
    `insert into webhooks (id, workspace_id, url, description, events, generation, created_at)
     select 'wh_' || n, 'ws_' || n / 10, 'https://example.com/', '', '{ballot.cast,poll.progress,poll.opened,poll.closed}', 1,
       timestamptz '2026-01-01' + n * interval '1 s' from generate_series(0, 29999) as n`,
    // A tenth are on their way, most of them late.
    `update deliveries set state = 'pending', next_at = created_at, payload = null, event = 'poll.progress'
     where substr(id, 5)::integer % 10 = 0`,
    `insert into usage (workspace_id, day, ballots)
     select 'ws_' || n / 30, date '2026-01-01' + n % 30, 1 from generate_series(0, 29999) as n`,
  ]
  await postgres.session(async (client) => {
    await client.query('set synchronous_commit = off')
    for (const statement of statements) await client.query(statement)
    await client.query('vacuum (analyze)')
  })
}

const day = (date: string): number => Date.parse(date)
