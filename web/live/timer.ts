// A timer of one task: while it waits, nothing else is set.

/** Runs `task` after `ms` unless cancelled. */
export type After = (ms: number, task: () => void) => Cancel
export type Cancel = () => void

export const timer = (after: After) => {
  let cancel: Cancel | null = null
  return {
    clear: (): void => {
      cancel?.()
      cancel = null
    },
    set: (ms: number, task: () => void): void => {
      cancel ??= after(ms, () => {
        cancel = null
        task()
      })
    },
  }
}
