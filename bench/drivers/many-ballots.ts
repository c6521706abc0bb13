// Ballots straight into Postgres, as the archive would have them by now: casting so many would take hours.
import pg from 'pg'

/** Fills `ballots` rows of a poll: a choice and a rating each, a text in every tenth. */
export const fillBallots = async (
  databaseUrl: string,
  { pollId, ballots }: { readonly pollId: string; readonly ballots: number },
): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(fill, [pollId, ballots])
    await client.query('analyze ballots')
  } finally {
    await client.end()
  }
}

/** Ids in no order, as real ones are. */
const fill = `
  insert into ballots (poll_id, id, revision, cast_at, answers, country, shard, seq, salt)
  select $1, 'bal_' || left(md5(i::text || $1), 26), 1, timestamptz '2026-01-01' + i * interval '10 milliseconds',
    jsonb_build_object('q', array[case when i % 3 = 0 then 'a' else 'b' end], 'stars', 1 + i % 5)
      || case when i % 10 = 0 then jsonb_build_object('why', 'because, "' || i || '"') else '{}'::jsonb end,
    'DE', i % 4, 1 + i / 4, md5(i::text)
  from generate_series(1, $2::integer) as i
  order by 2`

/** Questions that those ballots answer. */
export const questions = [
  {
    id: 'q',
    type: 'choice',
    prompt: 'Which?',
    options: [
      { id: 'a', label: 'A' },
      { id: 'b', label: 'B' },
    ],
  },
  { id: 'stars', type: 'rating', prompt: 'How was it?', scale: 5 },
  { id: 'why', type: 'text', prompt: 'Why?' },
] as const
