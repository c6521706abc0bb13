// The poll that rows vote in: one choice question `q` of the options `a` and `b`.
const question = {
  id: 'q',
  type: 'choice',
  prompt: 'Which?',
  options: [
    { id: 'a', label: 'A' },
    { id: 'b', label: 'B' },
  ],
}

export const pollDraft = { title: 'Benchmark', questions: [question] }
