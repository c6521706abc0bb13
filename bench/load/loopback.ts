// Load is only ever aimed at this machine: a generator pointed at a foreign host is an attack.

/** The target as a URL, or an error that says why it is refused. */
export const requireLoopback = (target: string): URL => {
  const url = URL.canParse(target) ? new URL(target) : null
  if (url === null) throw new Error(`"${target}" is not a URL to send load to.`)
  if (url.protocol !== 'http:')
    throw new Error(`Load goes over plain http to this machine, not to ${url.href}`)
  if (!isLoopback(url.hostname)) {
    throw new Error(`Load is only sent to this machine (127.0.0.1, [::1], localhost), not to ${url.host}.`)
  }
  return url
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
