// Sealing bytes for whoever holds a key: AES-256-GCM of the platform (WebCrypto).
import { type Bytes, fromBase64Url, toBase64Url } from './bytes.ts'
import type { Random } from './random.ts'

const nonceBytes = 12

/** `key` has 32 bytes; `about` is bound to it, and must be the same when it is opened. base64url. */
export const seal = async (
  key: Bytes,
  about: string,
  content: Bytes,
  random: Pick<Random, 'bytes'>,
): Promise<string> => {
  const iv = random.bytes(nonceBytes)
  const cipher = await crypto.subtle.encrypt(termsOf(iv, about), await imported(key, 'encrypt'), content)
  const sealed = new Uint8Array(nonceBytes + cipher.byteLength)
  sealed.set(iv)
  sealed.set(new Uint8Array(cipher), nonceBytes)
  return toBase64Url(sealed)
}

/** null: it was sealed under another key, about something else, or has been changed. */
export const unseal = async (key: Bytes, about: string, sealed: string): Promise<Bytes | null> => {
  const bytes = fromBase64Url(sealed)
  const terms = termsOf(bytes.slice(0, nonceBytes), about)
  try {
    const opened = await crypto.subtle.decrypt(terms, await imported(key, 'decrypt'), bytes.slice(nonceBytes))
    return new Uint8Array(opened)
  } catch {
    return null
  }
}

const termsOf = (iv: Bytes, about: string) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(about),
})

const imported = (key: Bytes, use: 'encrypt' | 'decrypt') =>
  crypto.subtle.importKey('raw', key, 'AES-GCM', false, [use])
