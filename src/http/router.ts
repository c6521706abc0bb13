// Finds the route of a path by one regular expression. Hono's own choice gives that up for all routes when two cannot stand in it.
import type { Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { TrieRouter } from 'hono/router/trie-router'

/** Where a word and a parameter stand at the same place: `ballots/mine` and `ballots/{ballotId}`. Only they walk the tree, which
 *  costs a read of results a fifteenth (docs/design/profiles.md). A new such pair fails at the start, and belongs in here. */
const ambiguous = /\/ballots\/[^/]+\/?$/

export const router = <Handler>(): Router<Handler> => {
  const [fast, whole] = [new RegExpRouter<Handler>(), new TrieRouter<Handler>()]
  return {
    name: 'RegExpRouter, beside it a TrieRouter',
    add(method, path, handler) {
      whole.add(method, path, handler)
      if (!ambiguous.test(path)) fast.add(method, path, handler)
    },
    match: (method, path) => (ambiguous.test(path) ? whole : fast).match(method, path),
  }
}
