// Votes, as the steps before it do after what they publish: by hand, or after everything.
import { Option } from 'commander'
import { prove } from './prove.ts'
import { isSet, required, step } from './step.ts'

await step<{ readonly release: string | null }>(
  'smoke',
  'Asks the API at EDGE_URL whether it lives, makes a poll, votes and repeats, and waits until it is counted and archived.',
  async ({ env, dryRun, release }) => {
    if (dryRun && !isSet('EDGE_URL')) {
      console.log('Would ask /livez and /readyz of EDGE_URL, make a poll, vote, count, close and delete it.')
      return
    }
    required(['EDGE_URL'])
    if (!dryRun) await prove({ env, version: release })
  },
  {
    local: true,
    options: [new Option('--release <version>', 'the version of the edge that must answer').default(null)],
  },
)
