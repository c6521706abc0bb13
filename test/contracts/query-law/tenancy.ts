// Whose rows a plan looks at: every scan for an owner goes by the owner's workspace, or by a poll that was found to be theirs.
import { type Node, nodesOf } from './explaining-database.ts'

/** By repository or method. Whoever is not here is an owner's. */
export const notOwners: Readonly<Record<string, string>> = {
  answerStore: 'a first answer is found by a hash of the key that asked, and sealed under that key',
  ballotReader: 'the reconciler: whole polls, and the operator: of all workspaces',
  ballotRecords: 'the archive, which writes what boxes tell it',
  deadLetters: 'the archive and the operator: letters that may name nobody',
  deliveryRecords: 'who delivers, by the id in a reminder; the sweep is of all workspaces',
  keyRing: 'finds out who asks',
  logPosition: 'reads no table',
  pollPlaces: 'the archive: messages of before that do not say whose their poll is',
  pollRecords: 'the archive, which writes what scoreboards tell it',
  retentionRecords: 'the operator: of all workspaces',
  retentionTerms: 'the operator: of all workspaces',
  rollupRecords: 'the reconciler: whole polls',
  'keyBook.touch': 'the key that asked, once it was found to be good',
}

export const isOwners = (law: string): boolean => {
  const method = law.replace(/ \(.*/, '')
  return !(method in notOwners || (method.split('.')[0] ?? '') in notOwners)
}

/** What tables know whose their rows are by: the first of these that they have. */
export type Columns = ReadonlyMap<string, ReadonlySet<string>>

/** Scans of tables that go by nobody. What a statement compares with is in its plan as a value, not as a parameter. */
export const scansOfAnybodys = (plan: Node, columns: Columns): readonly string[] =>
  nodesOf(plan).flatMap((node) => {
    const name = node['Relation Name']?.replace(/_p\d\d$/, '')
    if (name === undefined || !/Scan$/.test(node['Node Type'])) return []
    const conditions = [node['Index Cond'], node['Recheck Cond'], node.Filter].join(' ')
    return ownerOf(name, columns).test(conditions) ? [] : [`${name}: ${conditions}`]
  })

const ownerOf = (table: string, columns: Columns): RegExp => {
  if (table === 'workspaces') return /\bid = 'ws_\w+'::text/
  return columns.get(table)?.has('workspace_id')
    ? /\bworkspace_id = 'ws_\w+'::text/
    : /\bpoll_id = 'poll_1'::text/
}
