// What the archive's own guard cannot close, the platform must: names that change between our question and its own.
import { expect, test } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import { configPathOf } from '../../dev/worker-names.ts'

test.each([undefined, 'preview', 'staging', 'production'])(
  'the archive, which posts to webhooks, reaches public addresses only (%s)',
  (env) => {
    const place = { config: configPathOf('archive'), ...(env !== undefined && { env }) }
    const { compatibility_flags: flags } = readConfig(place, { hideWarnings: true })
    expect(flags).toContain('global_fetch_strictly_public')
  },
)
