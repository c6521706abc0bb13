// Whether Postgres has the tables that this code reads, by an address that migrations can use.
import { type Finding, findingsOf } from './finding.ts'
import { reasonOf, type World } from './world.ts'

const { wrong, unasked } = findingsOf('migrations')

export const checkDatabase = async (env: string, world: World): Promise<readonly Finding[]> => {
  const url = world.given['DATABASE_URL']
  if (!url) return [unasked('Postgres was not asked which migrations it lacks.', 'Set DATABASE_URL.')]
  const pooled = /-pooler\./.test(url)
    ? [
        wrong(
          'DATABASE_URL is the address of a pooler, which does not keep the lock that migrations hold.',
          'In Neon, switch “Connection pooling” off and copy the string again: its host has no -pooler.',
        ),
      ]
    : []
  try {
    const lacking = await world.pending(url)
    if (lacking.length === 0) return pooled
    const tags = lacking.map(({ tag }) => tag).join(', ')
    return [
      ...pooled,
      wrong(
        `Postgres lacks ${tags}.`,
        `node ops/deploy/migrate.ts --env ${env}, before any Worker is published.`,
      ),
    ]
  } catch (error) {
    return [
      ...pooled,
      wrong(`Postgres does not answer: ${firstLine(reasonOf(error))}`, 'Check DATABASE_URL.'),
    ]
  }
}

const firstLine = (text: string) => text.split('\n')[0] ?? ''
