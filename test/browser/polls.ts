// The polls that the browser tests open.
const where = {
  id: 'where',
  type: 'choice',
  prompt: 'Pick a place',
  options: [
    { id: 'pizza', label: 'Pizza' },
    { id: 'sushi', label: 'Sushi' },
  ],
}

export const lunch = { title: 'Where shall we go for lunch?', questions: [where] }

/** One question of every kind. */
export const everyKind = [
  where,
  {
    id: 'sides',
    type: 'choice',
    prompt: 'Which sides?',
    max: 2,
    options: [
      { id: 'fries', label: 'Fries' },
      { id: 'salad', label: 'Salad' },
      { id: 'soup', label: 'Soup' },
    ],
  },
  {
    id: 'order',
    type: 'ranking',
    prompt: 'Rank the days',
    options: [
      { id: 'mo', label: 'Monday' },
      { id: 'we', label: 'Wednesday' },
      { id: 'fr', label: 'Friday' },
    ],
  },
  { id: 'stars', type: 'rating', prompt: 'How was the last one?', scale: 5 },
  { id: 'nps', type: 'nps', prompt: 'Would you recommend us?' },
  { id: 'why', type: 'text', prompt: 'Why?', maxLength: 500 },
]

const script = `<script>globalThis.hit = 1</script>"><img src=x onerror="globalThis.hit = 1">`

export const attack = {
  title: script,
  description: script,
  questions: [{ type: 'choice', prompt: script, options: [{ label: script }, { label: 'Sushi' }] }],
}
