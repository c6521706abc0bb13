// What is sealed opens for who holds the key and says what it is about, and for nobody else.
import { expect, test } from 'vitest'
import { toBase64Url } from '../../src/kernel/bytes.ts'
import { hash } from '../../src/kernel/hash.ts'
import { systemRandom } from '../../src/kernel/random.ts'
import { seal, unseal } from '../../src/kernel/seal.ts'

const key = hash('a key')
const content = new Uint8Array(new TextEncoder().encode('shown once: ep_live_…'))
const sealed = await seal(key, 'about', content, systemRandom)

test('with the key and the same words it opens, to the byte', async () => {
  expect(await unseal(key, 'about', sealed)).toEqual(content)
  const nothing = await seal(key, 'about', new Uint8Array(0), systemRandom)
  expect(await unseal(key, 'about', nothing)).toEqual(new Uint8Array(0))
})

test.each([
  ['another key', hash('another key'), 'about', sealed],
  ['other words', key, 'about something else', sealed],
  ['a letter less', key, 'about', sealed.slice(0, -2)],
  [
    'a letter changed',
    key,
    'about',
    `${sealed.slice(0, 30)}${sealed[30] === 'A' ? 'B' : 'A'}${sealed.slice(31)}`,
  ],
  ['nothing', key, 'about', ''],
  ['too little', key, 'about', toBase64Url(new Uint8Array(12))],
])('with %s it does not', async (_what, held, about, text) => {
  expect(await unseal(held, about, text)).toBeNull()
})

test('the same is never sealed alike', async () => {
  expect(await seal(key, 'about', content, systemRandom)).not.toBe(sealed)
})
