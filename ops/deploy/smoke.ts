// Step 5: asks what was just published whether it lives and whether everything it needs is there.
import { setTimeout as pause } from 'node:timers/promises'
import { isSet, required, step } from './step.ts'

const patienceMs = 60_000

/** A new version reaches every location within seconds; until then an old one may answer, or none. */
const untilPass = async (url: string): Promise<void> => {
  const until = Date.now() + patienceMs
  for (;;) {
    const { passes, said } = await ask(url)
    console.log(`${url}: ${said}`)
    if (passes) return
    if (Date.now() > until) throw new Error(`${url} did not pass within ${patienceMs / 1000} s.`)
    await pause(2_000)
  }
}

const ask = async (url: string): Promise<{ readonly passes: boolean; readonly said: string }> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    const body = await answer.text()
    const passes = answer.status === 200 && JSON.parse(body).status === 'pass'
    return { passes, said: `${answer.status} ${body.slice(0, 300)}` }
  } catch (error) {
    return { passes: false, said: error instanceof Error ? error.message : String(error) }
  }
}

await step(
  'smoke',
  'Asks /livez and /readyz of the API at EDGE_URL, for up to a minute.',
  async ({ dryRun }) => {
    if (dryRun && !isSet('EDGE_URL')) {
      console.log('Would ask /livez and /readyz of EDGE_URL, and want 200 and "pass" of both.')
      return
    }
    const { EDGE_URL = '' } = required(['EDGE_URL'])
    for (const path of ['/livez', '/readyz']) await untilPass(new URL(path, EDGE_URL).href)
  },
)
