// Where webhooks may not go, whatever way it is written.
import { describe, expect, test } from 'vitest'
import { targetFault } from '../../src/application/webhook-target.ts'

describe('an address that events may be sent to', () => {
  test.each([
    'https://example.com',
    'https://hooks.example.co.uk/a/b?c=d',
    'https://example.com:443/',
    'https://bücher.example/',
  ])('%s', (url) => {
    expect(targetFault(url)).toBeNull()
  })
})

describe('an address that is refused', () => {
  test.each([
    ['nowhere', 'hook'],
    ['without encryption', 'http://example.com/'],
    ['of another scheme', 'file:///etc/passwd'],
    ['of script', 'javascript:alert(1)'],
    ['with a user', 'https://user@example.com/'],
    ['with a password', 'https://user:secret@example.com/'],
    ['with a fragment', 'https://example.com/#a'],
    ['at another port', 'https://example.com:8443/'],
    ['of this machine', 'https://localhost/'],
    ['of this machine, with a dot', 'https://localhost./'],
    ['of this machine, by another name', 'https://a.localhost/'],
    ['that is four numbers', 'https://127.0.0.1/'],
    ['that is one number', 'https://2130706433/'],
    ['in hexadecimal', 'https://0x7f000001/'],
    ['in octal', 'https://0177.0.0.1/'],
    ['that leaves numbers out', 'https://127.1/'],
    ['with digits of another script', 'https://１２７.0.0.1/'],
    ['that is public, but a number', 'https://93.184.216.34/'],
    ['of the cloud’s own', 'https://169.254.169.254/latest/meta-data'],
    ['of IPv6', 'https://[::1]/'],
    ['of IPv4 within IPv6', 'https://[::ffff:10.0.0.1]/'],
    ['of one word', 'https://intranet/'],
    ['of a printer', 'https://printer.local/'],
    ['of a cloud’s inside', 'https://metadata.google.internal/'],
    ['too long', `https://example.com/${'a'.repeat(2_000)}`],
  ])('%s: %s', (_what, url) => {
    expect(targetFault(url)).toMatch(/^Must /)
  })

  test('may be used by tests, but only over HTTP', () => {
    expect(targetFault('http://127.0.0.1:3000/', true)).toBeNull()
    expect(targetFault('ftp://127.0.0.1/', true)).not.toBeNull()
  })
})
