// Where a name leads, asked before each attempt by DNS over HTTPS (RFC 8484's JSON form), so that an address that was public
// when the webhook was made and is private now is not gone to.
import ipaddr from 'ipaddr.js'
import * as z from 'zod'

interface Config {
  /** A resolver that answers `application/dns-json`. */
  readonly url: string
  readonly fetch: typeof fetch
}

/** null: every address of the name is public; else why nothing is sent there. */
export type JudgeHost = (host: string, signal: AbortSignal) => Promise<string | null>

const answer = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).optional(),
})

/** Types of record: https://www.iana.org/assignments/dns-parameters */
const addressTypes = { A: 1, AAAA: 28 } as const

/** What the platform then connects to is its own resolution, a moment later. It takes `fetch` of a Worker nowhere private either
 *  (`global_fetch_strictly_public`); this makes it a refusal that an owner can read. */
export const judgeHost =
  ({ url, fetch: ask }: Config): JudgeHost =>
  async (host, signal) => {
    const addresses: string[] = []
    for (const [name, type] of Object.entries(addressTypes)) {
      try {
        const asked = new URL(url)
        asked.searchParams.set('name', host)
        asked.searchParams.set('type', name)
        const response = await ask(asked, { headers: { Accept: 'application/dns-json' }, signal })
        const { Status: status, Answer: records = [] } = answer.parse(await response.json())
        if (status !== noError && status !== noSuchName) return unresolved
        addresses.push(...records.filter((record) => record.type === type).map(({ data }) => data))
      } catch {
        return unresolved
      }
    }
    if (addresses.length === 0) return 'The name of the host leads nowhere.'
    return addresses.every(isPublic) ? null : 'The name of the host leads to an address that is not public.'
  }

const noError = 0
const noSuchName = 3
const unresolved = 'The name of the host could not be resolved.'

/** IPv4 within IPv6 is judged as what it is. */
const isPublic = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
