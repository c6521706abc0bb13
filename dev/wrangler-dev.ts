// Runs the three Workers under `wrangler dev`, which rebuilds them as their files change.
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Child } from './child.ts'
import { freshLog } from './data-folder.ts'
import { placePublished } from './generate-published.ts'
import type { Nursery } from './nursery.ts'
import { freePort, host } from './ports.ts'
import { projectRoot } from './settings.ts'
import { configOf, workerNames } from './worker-names.ts'
import { wranglerEnvironment, wranglerScript } from './wrangler.ts'

interface Order {
  readonly nursery: Nursery
  readonly port: number
  readonly bindings: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
}

export const startWranglerDev = async ({ nursery, port, bindings, onLine }: Order): Promise<Child> => {
  const { folder } = nursery
  await placePublished()
  const [edgeVariables, place] = [join(folder.root, 'edge.env'), join(folder.root, 'cf.json')]
  // Named so that a .dev.vars in the clone, which would win, is not read. The values come by the environment, the only way that
  // reaches all three Workers (wrangler passes --var and --env-file to the first alone) and keeps them off the process list.
  writeFileSync(edgeVariables, '')
  // Where requests seem to come from; without it wrangler asks the network for it.
  writeFileSync(place, JSON.stringify(pretendedPlace))
  utimesSync(place, new Date(), new Date())
  const child = await nursery.start({
    name: 'wrangler dev',
    command: process.execPath,
    args: [
      wranglerScript,
      'dev',
      ...workerNames.flatMap((worker) => ['-c', configOf(worker)]),
      ...['--ip', host, '--port', String(port), '--inspector-port', String(await freePort()), '--local'],
      ...['--persist-to', folder.state, '--env-file', edgeVariables, '--show-interactive-dev-session=false'],
    ],
    cwd: projectRoot,
    env: { ...wranglerEnvironment(folder), ...bindings, CLOUDFLARE_CF_FETCH_PATH: place },
    logFile: freshLog(folder, 'workers'),
    // It colours its warnings whatever it is told.
    onLine: (line) => onLine(stripVTControlCharacters(line)),
  })
  nursery.watch(child)
  return child
}

/** Whether a line of wrangler is worth showing to somebody who did not ask for more. */
export const isTrouble = (line: string): boolean =>
  /\[ERROR\]|✘|Uncaught|\[WARNING\]|▲/.test(line) && !isChatter.test(line)

// Notes of the runtime to its own makers, and words about a command line only we see.
const isChatter = /NOSENTRY|Multiple environments are defined|Scheduled Workers are not automatically/

/** Whether a line tells of a request: `[wrangler:info] GET /readyz 200 OK (3ms)`. */
export const isRequest = (line: string): boolean =>
  /\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ \d{3}\b/.test(line)

const pretendedPlace = {
  asn: 64_496,
  asOrganization: 'edgepoll local',
  colo: 'DEV',
  country: 'DE',
  continent: 'EU',
  city: 'Berlin',
  region: 'Berlin',
  regionCode: 'BE',
  latitude: '52.52',
  longitude: '13.40',
  timezone: 'Europe/Berlin',
  httpProtocol: 'HTTP/1.1',
  tlsVersion: '',
  tlsCipher: '',
  clientTcpRtt: 1,
}
