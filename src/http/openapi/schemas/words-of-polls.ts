// What the members of a poll mean, said once for the body that makes it and the document that shows it.

export const pollWords = {
  title: 'What is asked about. Up to 300 code points, not blank.',
  description: 'More about it, up to 5,000 code points.',
  questions:
    'In the order they are asked: 1 to 50, with at most 5,000 counters together (one an option of a choice, n² of a ranking of n options, one a value of a rating, 11 of an nps).',
  opensAt: 'When voting starts; null: at once.',
  closesAt: 'When voting ends, later than `opensAt`; null: when the owner closes it.',
  results:
    'Who sees results, and when: `always` anybody; `after-vote` whoever has a receipt of this poll; `after-close` anybody, once it is closed; `hidden` nobody but a key with `results:read`.',
  revisions: '`until-close` lets a voter replace their ballot while the poll is open.',
  challenge:
    'Whether a voter must show that they are a person (Turnstile): never, where a network brings in new voters faster than people do, or always.',
  allowedOrigins: 'Whose pages may frame the poll and watch it live; empty: anybody’s. Up to 100 origins.',
  expectedVoters:
    'How many are expected, at least 1. It decides how many boxes count the poll, which is fixed when it is made; more voters may come.',
  labels: 'The owner’s own names for it, up to 20; seen by the owner only.',
} as const

export const questionWords = {
  id: 'Unique in the poll, `[a-z0-9_-]{1,40}`.',
  prompt: 'The question, up to 300 code points, not blank.',
  required: 'Whether a ballot without an answer to it is refused.',
  type: 'What kind of question it is.',
} as const

export const optionWords = {
  id: 'Unique in the question, `[a-z0-9_-]{1,40}`.',
  label: 'What is chosen, up to 200 code points, not blank.',
  image: 'An absolute https URL of a picture.',
} as const

export const kindWords = {
  choice: {
    about: 'One or more of its options. `max: 1` is a single choice.',
    min: 'How many options an answer names at least.',
    max: 'How many options an answer names at most.',
    shuffle: 'Whether a page shows the options in a random order. Never changes counting.',
    options: '1 to 200 of them.',
  },
  ranking: {
    about: 'Its options by preference, the most wanted first. A ballot may rank some of them only.',
    options: '2 to 50 of them.',
  },
  rating: { about: 'A whole number from 1 to `scale`.', scale: 'The highest rating, 2 to 10.' },
  nps: { about: 'How likely one is to recommend, 0 to 10.' },
  text: { about: 'Words of one’s own.', maxLength: 'In code points, 1 to 5,000.' },
} as const

export const dedupeWords = {
  session: 'One ballot a `Voter-Id` that the client chose and keeps, or a page’s cookie.',
  ip: 'Up to `limit` ballots an address (IPv6: a /64), as the platform reports it.',
  invite: 'One ballot an invite code.',
  account: 'One ballot a `sub` of a token that the owner signs.',
  none: 'Any number of ballots. Without a `Voter-Id` or an `Idempotency-Key` a repeat counts again.',
  limit: '1 to 1,000.',
  keys: 'The keys that sign voters’ tokens: 1 to 4.',
  by: 'Whose quota a ballot uses.',
} as const
