// Where webhooks may go: judged when an owner names an address, and again before each attempt.

/** What is wrong with an address, for whoever gave it; null: nothing that can be seen from the address itself. A URL writes
 *  every form of an IPv4 address (`0x7f.1`, `2130706433`) with four numbers, and IPv6 in brackets. `unguarded` is for tests on one
 *  machine. */
export const targetFault = (text: string, unguarded = false): string | null => {
  if (text.length > mostCharacters) return `Must have at most ${mostCharacters} characters.`
  const url = URL.parse(text)
  if (url === null) return 'Must be an absolute URL.'
  if (url.username !== '' || url.password !== '') return 'Must not carry a user or password.'
  if (url.hash !== '') return 'Must not have a fragment.'
  if (unguarded && /^https?:$/.test(url.protocol)) return null
  if (url.protocol !== 'https:') return 'Must begin with https://.'
  if (url.port !== '') return 'Must go to port 443.'
  // A name that ends with a dot is the same name.
  const host = url.hostname.replace(/\.$/, '').toLowerCase()
  if (host.startsWith('[') || /^[\d.]+$/.test(host)) return 'Must name a host, not an address.'
  if (!host.includes('.') || privateNames.test(host)) return 'Must name a host that is reachable by all.'
  return null
}

const mostCharacters = 2_000

/** Names that lead nowhere public, by RFC 6761, RFC 6762, RFC 8375 and use. */
const privateNames =
  /\.(localhost|local|localdomain|internal|intranet|private|corp|home|lan|test|invalid|onion|arpa)$/
