// The alert rules, written from the table of objectives.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alertRules } from '../ops/alert-rules.ts'
import type { Generated } from './generate.ts'
import { projectRoot } from './settings.ts'

const file = 'ops/alerts/edgepoll.yml'

export const bringAlerts = async (check: boolean): Promise<readonly Generated[]> => {
  const target = join(projectRoot, file)
  const wanted = alertRules()
  if (existsSync(target) && readFileSync(target, 'utf8') === wanted) return [{ file, state: 'current' }]
  if (check) return [{ file, state: 'stale' }]
  writeFileSync(target, wanted)
  return [{ file, state: 'written' }]
}
