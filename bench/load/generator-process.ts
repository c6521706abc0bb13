// The load process: takes one plan from its parent, says when the window opens and closes, sends the report, ends.
import { generate } from './generate.ts'
import type { LoadPlan, LoadReport } from './plan.ts'

export type FromGenerator =
  | { readonly kind: 'window-opened' }
  | { readonly kind: 'window-closed' }
  | { readonly kind: 'report'; readonly report: LoadReport }
  | { readonly kind: 'failed'; readonly reason: string }

const tell = (message: FromGenerator): void => {
  process.send?.(message)
}

process.once('message', async (plan: LoadPlan) => {
  try {
    const report = await generate(plan, {
      windowOpened: () => tell({ kind: 'window-opened' }),
      windowClosed: () => tell({ kind: 'window-closed' }),
    })
    tell({ kind: 'report', report })
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
  }
  process.disconnect()
})
