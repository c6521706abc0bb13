// Takes the preview of a branch away: its Workers with all that their objects hold, its queues, its KV namespace. Nothing else
// can be taken away by it. What is gone already is no failure, so it may be repeated.
import { step } from './step.ts'
import { namespaceIds, requireAccount, wrangler } from './wrangler.ts'

const isGone = /does not exist|not found|10007|10090|11000/i

/** What could not be taken away, as sentences. */
const remove = (what: string, args: readonly string[]): readonly string[] => {
  const { ok, said } = wrangler(args)
  return ok || isGone.test(said) ? [] : [`${what} was not taken away.`]
}

await step(
  'remove',
  'Takes the preview of a branch away, with every ballot in it. Refuses anything but --env preview with --branch.',
  async (order) => {
    if (order.env !== 'preview' || order.branch === null)
      throw new Error('Only the preview of a branch can be taken away: --env preview --branch <name>.')
    const { thingsOf } = await import('./names.ts')
    const { workers, queues, namespaces } = thingsOf(order)
    if (order.dryRun) {
      console.log(`Would take away: ${[...workers, ...queues, ...namespaces].join(', ')}.`)
      return
    }
    requireAccount()
    const ids = namespaceIds()
    const left = [
      ...workers.flatMap((name) => remove(`The Worker ${name}`, ['delete', name, '--force'])),
      ...queues.flatMap((name) => remove(`The queue ${name}`, ['queues', 'delete', name])),
      ...namespaces.flatMap((title) => {
        const id = ids.get(title)
        const args = ['kv', 'namespace', 'delete', '--namespace-id', id ?? '', '--skip-confirmation']
        return id === undefined ? [] : remove(`The KV namespace ${title}`, args)
      }),
    ]
    if (left.length > 0) throw new Error(left.join(' '))
  },
)
