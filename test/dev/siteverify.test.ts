// The local siteverify: the published test secrets, as documented, and nothing else.
import { describe, expect, it } from 'vitest'
import { verdict } from '../../dev/siteverify.ts'

describe('siteverify on a laptop', () => {
  it.each([
    ['1x0000000000000000000000000000000AA', 'XXXX.DUMMY.TOKEN.XXXX', true, []],
    ['2x0000000000000000000000000000000AA', 'XXXX.DUMMY.TOKEN.XXXX', false, ['invalid-input-response']],
    ['3x0000000000000000000000000000000AA', 'XXXX.DUMMY.TOKEN.XXXX', false, ['timeout-or-duplicate']],
    ['0x4AAAAAAA-somebody-else', 'XXXX.DUMMY.TOKEN.XXXX', false, ['invalid-input-secret']],
    ['1x0000000000000000000000000000000AA', '', false, ['missing-input-response']],
    ['', 'XXXX.DUMMY.TOKEN.XXXX', false, ['missing-input-secret']],
  ])('with secret %j and token %j says %s', (secret, response, success, codes) => {
    expect(verdict({ secret, response })).toEqual({ success, 'error-codes': codes })
  })
})
