// The driver's process. Words: folder, and "deployed" or "metered" for the count Worker.
import { join } from 'node:path'
import { runCountBeside } from '../count-beside.ts'

const [folder = '.', objects = 'deployed'] = process.argv.slice(2)

await runCountBeside({
  folder,
  driver: join(import.meta.dirname, 'worker.ts'),
  vars: { LOG_LEVEL: 'warn' },
  ...(objects === 'metered' ? { entry: join(import.meta.dirname, '../metered/count.ts') } : {}),
})
