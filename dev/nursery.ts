// Keeps the children of one run: writes each down, notices the first that dies unasked, and ends them all in reverse order.
import { setTimeout as pause } from 'node:timers/promises'
import { type Child, type ChildOrder, describeExit, startChild } from './child.ts'
import { childDied } from './complaint.ts'
import type { DataFolder } from './data-folder.ts'
import { endMarked } from './leftovers.ts'
import { markName } from './processes.ts'
import type { RunLock } from './run-lock.ts'

export interface Nursery {
  readonly folder: DataFolder
  start(order: ChildOrder): Promise<Child>
  /** From now on the death of this child is a failure of the run. */
  watch(child: Child): void
  /** Ends a child that is no longer wanted, which is no failure of the run. */
  retire(child: Child): Promise<void>
  /** Fires when everything is to end: whatever waits for a child should stop waiting. */
  readonly ending: AbortSignal
  /** Rejects with a Complaint when a watched child dies; never resolves. */
  readonly failure: Promise<never>
  stopAll(): Promise<void>
}

// Ctrl-C reaches the whole group of a terminal at once: a child may be gone before we have heard of it ourselves.
const hearsayMs = 300

export const createNursery = (
  folder: DataFolder,
  { ownGroups, lock }: { readonly ownGroups: boolean; readonly lock?: RunLock },
): Nursery => {
  const children: Child[] = []
  const failed = Promise.withResolvers<never>()
  // Nobody may be listening while everything is well.
  failed.promise.catch(() => undefined)
  const ending = new AbortController()
  const retired = new Set<Child>()
  return {
    folder,
    failure: failed.promise,
    ending: ending.signal,
    async start(order) {
      if (ending.signal.aborted) throw new Error(`${order.name} was to start while everything stops`)
      const env = { ...(order.env ?? process.env), [markName]: folder.root }
      const child = await startChild({ ownGroup: ownGroups, ...order, env })
      children.push(child)
      lock?.remember({ name: child.name, pid: child.pid, birth: child.birth, endWith: child.endWith })
      // The end may have been called while the system was still starting it.
      if (ending.signal.aborted) await child.stop()
      return child
    },
    watch(child) {
      void child.exited.then(async (exit) => {
        await pause(hearsayMs)
        if (!ending.signal.aborted && !retired.has(child))
          failed.reject(childDied(child.name, describeExit(exit), child.lastLines()))
      })
    },
    async retire(child) {
      retired.add(child)
      await child.stop()
    },
    async stopAll() {
      ending.abort(new Error('everything is ending'))
      for (const child of children.toReversed()) await child.stop()
      await endMarked(folder)
    },
  }
}
