// The audience's process: takes orders from its parent, answers each, ends with it.
import { openSockets, type Sockets } from './hold-sockets.ts'
import type { FromAudience, ToAudience } from './viewers.ts'

let sockets: Sockets | null = null

const carryOut = async (order: ToAudience): Promise<FromAudience> => {
  if (order.kind === 'open') {
    sockets = await openSockets(order.plan)
    return { kind: 'opened' }
  }
  if (sockets === null) throw new Error('nobody has opened a socket yet')
  return { kind: 'report', report: await sockets.watch(order.plan) }
}

process.on('message', (order: ToAudience) => {
  carryOut(order)
    .catch((error: unknown): FromAudience => ({ kind: 'failed', reason: String(error) }))
    .then((answer) => process.send?.(answer))
})
process.once('disconnect', () => process.exit(0))
