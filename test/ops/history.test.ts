// Which versions of a Worker may run again, by what was published and gone back to.
import { expect, test } from 'vitest'
import { type Deployment, keptVersions } from '../../ops/deploy/history.ts'

/** `B` was published, `<A` was gone back to, `-` stands in. */
const history = (words: string): readonly Deployment[] =>
  words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({ version: word.replace('<', ''), back: word.startsWith('<'), standIn: word === '-' }))

test.each([
  ['', ''],
  ['A', 'A'],
  ['A B C', 'A B C'],
  // Published twice in a row.
  ['A B B', 'A B'],
  // B was bad.
  ['A B <A', 'A'],
  ['Z A B <A', 'Z A'],
  // And mended.
  ['A B <A C', 'A C'],
  ['A B <A C D <C', 'A C'],
  // Going back twice.
  ['A B C <B <A', 'A'],
  ['A B C <A', 'A'],
  // Forward again, by --to.
  ['A B <A <B', 'A B'],
  // By hand past the steps, or on this machine, where how it came about is not noted.
  ['A B A', 'A'],
  // To one that the platform does not list any more.
  ['B C <A', 'A'],
  ['B C <A D', 'A D'],
  // Of the archive, which begins with a stand-in.
  ['-', ''],
  ['- A', 'A'],
  ['- A B <A', 'A'],
])('of %j %j may run', (ran, kept) => {
  expect(keptVersions(history(ran)).join(' ')).toBe(kept)
})
