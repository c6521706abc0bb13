// Addresses as voting sees them: a /64 is one household, a /24 or /48 one network.

/** What an `ip` voter is known by: the IPv4 address, or the /64 of an IPv6 one. Lower case, canonical. */
export const addressOf = (address: string): string => {
  const groups = groupsOf(address)
  return groups === null ? ipv4Of(address) : `${groups.slice(0, 4).join(':')}::/64`
}

/** The network a surge of voters would come from: /24 of IPv4, /48 of IPv6. */
export const networkOf = (address: string): string => {
  const groups = groupsOf(address)
  return groups === null
    ? `${ipv4Of(address).split('.').slice(0, 3).join('.')}.0/24`
    : `${groups.slice(0, 3).join(':')}::/48`
}

/** The eight groups of an IPv6 address, without leading zeros; null for IPv4, mapped into IPv6 or not. */
const groupsOf = (address: string): readonly string[] | null => {
  if (!address.includes(':') || address.includes('.')) return null
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array<string>(missing).fill('0'), ...after].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  )
}

/** IPv4 may come mapped into IPv6: `::ffff:192.0.2.1`. */
const ipv4Of = (address: string): string => address.slice(address.lastIndexOf(':') + 1)
