// What the platform's queues take at once (developers.cloudflare.com/queues/platform/limits): fakes refuse the rest too.

/** @throws as the platform does, where a message or all of them together are too large. */
export const refuseTooLarge = (messages: readonly unknown[]): void => {
  const sizes = messages.map((message) => Buffer.byteLength(JSON.stringify(message)))
  if (messages.length > 100)
    throw new Error(`Queue sendBatch failed: ${messages.length} messages are too many`)
  if (sizes.some((size) => size > 128_000))
    throw new Error(`Queue sendBatch failed: a message of ${Math.max(...sizes)} bytes is larger than 128 KB`)
  const sum = sizes.reduce((total, size) => total + size, 0)
  if (sum > 256_000) throw new Error(`Queue sendBatch failed: ${sum} bytes are more than 256 KB`)
}
