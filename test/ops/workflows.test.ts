// What GitHub runs is named by what it is, not by a tag that somebody else can move.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'

const workflows = globSync('.github/workflows/*.yml', { cwd: projectRoot })

test.each(workflows)('%s pins every action by its commit, and asks for no right it does not need', (file) => {
  const text = readFileSync(join(projectRoot, file), 'utf8')
  const used = [...text.matchAll(/^\s*(?:- )?uses: (\S+)/gm)].map(([, action = '']) => action)
  expect(used.length).toBeGreaterThan(0)
  expect(used.filter((action) => !/^[\w./-]+@[0-9a-f]{40}$/.test(action))).toEqual([])
  expect(text).toMatch(/^permissions:\n {2}contents: read\n(?! )/m)
  expect(text).not.toMatch(/pull_request_target/)
})
