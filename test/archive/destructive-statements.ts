// What a migration must not do without a reason: take away or change what the version before still uses.

/** One sentence for each statement that takes something away and has no comment `-- destructive: <why>` of its own. */
export const complaintsAbout = (migration: string): readonly string[] =>
  migration.split('--> statement-breakpoint').flatMap((part) => {
    if (/^\s*-- destructive: *\S/m.test(part)) return []
    return part
      .replace(/^\s*--.*$/gm, '')
      .replace(/'(?:[^']|'')*'/g, "''") // what is said in a text does nothing
      .split(';')
      .map((statement) => statement.trim().replace(/\s+/g, ' '))
      .flatMap((statement) => {
        const rule = rules.find(({ matches }) => matches(statement))
        return rule === undefined ? [] : [`${statement}: ${rule.says}`]
      })
  })

interface Rule {
  readonly matches: (statement: string) => boolean
  readonly says: string
}

const saying = (says: string, pattern: RegExp): Rule => ({
  matches: (statement) => pattern.test(statement),
  says,
})

const rules: readonly Rule[] = [
  saying('drops something', /^drop /i),
  saying('drops part of a table', /^alter table .*\bdrop (column|constraint)\b/i),
  saying('renames what the version before knows by its name', /^alter .*\brename\b/i),
  saying(
    'changes a type, which rewrites the table under a lock',
    /^alter table .*\balter column .* (set data )?type\b/i,
  ),
  saying('refuses what the version before may still write', /^alter table .*\bset not null\b/i),
  {
    matches: (statement) =>
      /^alter table .*\badd column\b/i.test(statement) &&
      /\bnot null\b/i.test(statement) &&
      !/\bdefault\b/i.test(statement),
    says: 'adds a column that the version before cannot fill',
  },
  saying('changes rows: a migration is for tables', /^(truncate|delete from|update) ?/i),
]
