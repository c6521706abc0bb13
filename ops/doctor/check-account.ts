// Whether the Cloudflare account has what the configurations name: queues, namespaces, Workers, their secrets and classes.
import { type Finding, findingsOf } from './finding.ts'
import { isAccountId, type Setup, workersOf } from './setup.ts'
import { ask, reasonOf, type World } from './world.ts'

const { wrong, unasked } = findingsOf('account')

export const checkAccount = async (setup: Setup, world: World): Promise<readonly Finding[]> => {
  const { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_ACCOUNT_ID: account } = world.given
  if (!token || !account)
    return [
      unasked(
        'The Cloudflare account was not asked for queues, namespaces, Workers and their secrets.',
        'Set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.',
      ),
    ]
  try {
    const list = lister(world, account, token)
    const [resources, workers] = await Promise.all([resourcesOf(setup, list), publishedOf(setup, list)])
    return [...resources, ...workers]
  } catch (error) {
    return [
      wrong(
        `The account cannot be asked: ${reasonOf(error)}`,
        'Check the token’s permissions: docs/deploying.md.',
      ),
    ]
  }
}

type List = <Item>(path: string) => Promise<readonly Item[]>

const pageSize = 100

/** Reads a list of Cloudflare's API, page by page. @throws on any answer but a success. */
const lister = (world: World, account: string, token: string): List => {
  const base = world.given['CLOUDFLARE_API_BASE_URL'] || 'https://api.cloudflare.com/client/v4'
  const page = async <Item>(path: string, number: number): Promise<readonly Item[]> => {
    const url = `${base}/accounts/${account}/${path}?page=${number}&per_page=${pageSize}`
    const answer = await ask(world, url, { headers: { Authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    const { result }: { readonly result: readonly Item[] | null } = await answer.json()
    return result ?? []
  }
  return async <Item>(path: string) => {
    const all: Item[] = []
    for (let number = 1; ; number++) {
      const items = await page<Item>(path, number)
      all.push(...items)
      // Lists that have no pages answer everything each time.
      if (items.length !== pageSize) return all
    }
  }
}

const resourcesOf = async (setup: Setup, list: List): Promise<readonly Finding[]> => {
  const [queues, namespaces] = await Promise.all([
    list<{ readonly queue_name: string }>('queues'),
    list<{ readonly id: string; readonly title: string }>('storage/kv/namespaces'),
  ])
  const queueNames = new Set(queues.map(({ queue_name: name }) => name))
  const configs = workersOf(setup).map(({ here }) => here)
  const wanted = configs.flatMap(({ queues: { producers = [], consumers = [] } }) => [
    ...(producers ?? []).map(({ queue }) => queue),
    ...(consumers ?? []).flatMap(({ queue, dead_letter_queue: dead }) => [queue, ...(dead ? [dead] : [])]),
  ])
  const spaces = configs.flatMap((config) => config.kv_namespaces.flatMap(({ id }) => id ?? []))
  const lacksSpace = (id: string) =>
    !namespaces.some((space) => (isAccountId(id) ? space.id : space.title) === id)
  const prepare = `node ops/deploy/prepare.ts --env ${setup.env}`
  return [
    ...[...new Set(wanted)]
      .filter((queue) => !queueNames.has(queue))
      .map((queue) => wrong(`The account has no queue ${queue}.`, prepare)),
    ...[...new Set(spaces)]
      .filter(lacksSpace)
      .map((id) => wrong(`The account has no KV namespace ${id}.`, prepare)),
  ]
}

const publishedOf = async (setup: Setup, list: List): Promise<readonly Finding[]> => {
  const published = await list<{ readonly id: string; readonly migration_tag?: string }>('workers/scripts')
  const found = workersOf(setup).map(async ({ worker, here }): Promise<readonly Finding[]> => {
    const name = here.name ?? ''
    const publish = `node ops/deploy/${worker}.ts --env ${setup.env}`
    const script = published.find(({ id }) => id === name)
    if (script === undefined) return [wrong(`${name} was never published.`, publish)]
    const secrets = await list<{ readonly name: string }>(`workers/scripts/${name}/secrets`)
    const known = new Set(secrets.map((secret) => secret.name))
    const newest = here.migrations.at(-1)?.tag
    return [
      ...(here.secrets?.required ?? [])
        .filter((secret) => !known.has(secret))
        .map((secret) =>
          wrong(`${name} has no secret ${secret}.`, `npx wrangler secret put ${secret} --name ${name}`),
        ),
      ...(newest === undefined || newest === script.migration_tag
        ? []
        : [wrong(`${name} has its classes at ${script.migration_tag ?? 'none'}, not ${newest}.`, publish)]),
    ]
  })
  return (await Promise.all(found)).flat()
}
