// The key that a request presents.

/** null: none. A scheme that is not ours is a key that is not valid. */
export const presentedKey = (headers: Headers): string | null => {
  const authorization = headers.get('authorization')
  if (authorization === null) return headers.get('x-api-key')
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? authorization
}
