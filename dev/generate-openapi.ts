// The API's document, to read and compare in openapi/. What the edge serves is made from it (generate-published.ts).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Generated } from './generate.ts'
import { projectRoot } from './settings.ts'

const file = 'openapi/openapi.json'

export const bringOpenApi = async (check: boolean): Promise<readonly Generated[]> => {
  // Loads zod-openapi, which nothing else here needs.
  const { openApiDocument } = await import('../src/http/openapi/document.ts')
  const document = openApiDocument(release())
  return [bring(file, `${JSON.stringify(document, null, 2)}\n`, check)]
}

/** What the document says it is the version of. */
export const release = (): string =>
  JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).version

const bring = (file: string, wanted: string, check: boolean): Generated => {
  const target = join(projectRoot, file)
  const found = existsSync(target) ? readFileSync(target, 'utf8') : null
  if (found === wanted) return { file, state: 'current' }
  if (check) return { file, state: 'stale' }
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, wanted)
  return { file, state: 'written' }
}
