// Says again, to today's objects, what was said to those of a release: in the same order, at the same time.
import type { Entry } from '../../../src/relay/protocol.ts'
import { localCounting, type Said } from '../local-counting.ts'

interface Replayed {
  readonly answered: readonly Said[]
  /** What was thrown, by whom. */
  readonly failed: readonly string[]
}

export const replay = async (said: readonly Said[]): Promise<Replayed> => {
  const counting = localCounting()
  const answered: Said[] = []
  const failed: string[] = []
  for (const each of said) {
    const ahead = each.at - counting.time.clock.now()
    if (ahead > 0) await counting.time.advance(ahead)
    try {
      const answer = await sayAgain(counting, each)
      if (answer !== undefined) answered.push({ ...each, reply: answer.reply })
    } catch (error) {
      failed.push(`${each.to}.${each.method} ${each.name}: ${error}`)
    }
  }
  return { answered, failed }
}

/** undefined: it is for nobody here; the archive's part is held to it by test/contracts. */
const sayAgain = async (
  counting: ReturnType<typeof localCounting>,
  { to, name, method, args }: Said,
): Promise<{ readonly reply: unknown } | undefined> => {
  if (to === 'box' || to === 'board') {
    const object = counting.object(to, name)
    const ask: unknown = Reflect.get(object, method)
    if (typeof ask !== 'function') throw new Error('there is no such method')
    return { reply: await Reflect.apply(ask, object, args) }
  }
  if (to !== 'relay') return undefined
  const [first] = args
  if (method === 'fetch') {
    const entry = first as Entry // as an edge of that release wrote it
    const { leaf, sockets } = counting.relays.leaf(entry.address)
    return { reply: await leaf.enter(entry, (seat) => sockets.accept(seat, entry.from)) }
  }
  const address = first as Entry['address'] // the first argument of both methods
  const relay =
    address.kind === 'leaf' ? counting.relays.leaf(address).leaf : counting.relays.branch(address).branch
  const ask: unknown = Reflect.get(relay, method)
  if (typeof ask !== 'function') throw new Error('there is no such method')
  return { reply: await Reflect.apply(ask, relay, method === 'push' ? args.slice(1) : args) }
}
