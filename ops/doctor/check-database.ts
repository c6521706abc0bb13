// Whether Postgres has the tables that this code reads, by an address that migrations can use.
import { directoryName } from '../../src/archive/databases.ts'
import { databaseAddresses } from '../../src/runtime/database-config.ts'
import { type Finding, findingsOf } from './finding.ts'
import { reasonOf, type World } from './world.ts'

const { wrong, unasked } = findingsOf('migrations')

export const checkDatabase = async (env: string, world: World): Promise<readonly Finding[]> => {
  if (!world.given['DATABASE_URL'])
    return [unasked('Postgres was not asked which migrations it lacks.', 'Set DATABASE_URL.')]
  const addresses = addressesOf(world)
  // What is wrong with the variables is told by check-variables.
  if (addresses === null) return []
  const found = await Promise.all(
    Object.entries(addresses).map(([name, url]) => checkOne(env, world, name, url)),
  )
  return found.flat()
}

const addressesOf = ({ given }: World) => {
  try {
    return databaseAddresses(given)
  } catch {
    return null
  }
}

const checkOne = async (
  env: string,
  world: World,
  name: string,
  url: string,
): Promise<readonly Finding[]> => {
  const variable = name === directoryName ? 'DATABASE_URL' : `DATABASE_URLS: ${name}`
  const postgres = name === directoryName ? 'Postgres' : `Postgres ${name}`
  const pooled = /-pooler\./.test(url)
    ? [
        wrong(
          `${variable} is the address of a pooler, which does not keep the lock that migrations hold.`,
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
        `${postgres} lacks ${tags}.`,
        `node ops/deploy/migrate.ts --env ${env}, before any Worker is published.`,
      ),
    ]
  } catch (error) {
    return [
      ...pooled,
      wrong(`${postgres} does not answer: ${firstLine(reasonOf(error))}`, `Check ${variable}.`),
    ]
  }
}

const firstLine = (text: string) => text.split('\n')[0] ?? ''
