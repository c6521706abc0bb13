// What a person may set in the environment, and how a mistake is answered.
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../dev/settings.ts'

describe('settings', () => {
  test('nothing set: port 8787, data in .edgepoll of the clone, everything embedded', () => {
    expect(readSettings({}, '/clone')).toEqual({
      dataFolder: '/clone/.edgepoll',
      port: 8787,
      databaseUrl: null,
      databases: {},
      redisUrl: null,
    })
  })

  test('an empty variable is one that is not set', () => {
    expect(readSettings({ PORT: '', DATABASE_URL: '', EDGEPOLL_DATA: '', REDIS_URL: '' }, '/clone')).toEqual(
      readSettings({}, '/clone'),
    )
  })

  test('what is set is taken', () => {
    const env = {
      PORT: '80',
      EDGEPOLL_DATA: '/data',
      DATABASE_URL: 'postgresql://me:x@db/polls',
      DATABASE_READ_URL: 'postgresql://me:x@replica/polls',
      REDIS_URL: 'rediss://r:6380',
    }
    expect(readSettings(env, '/clone')).toEqual({
      dataFolder: '/data',
      port: 80,
      databaseUrl: 'postgresql://me:x@db/polls',
      databases: { DATABASE_READ_URL: 'postgresql://me:x@replica/polls' },
      redisUrl: 'rediss://r:6380',
    })
  })

  test.each(['0', '65536', '8787x', '-1', '1e3', ' '])('PORT=%s is refused by name', (PORT) => {
    expect(() => readSettings({ PORT })).toThrow(/^PORT=.* is not a port: .*PORT=8787/)
  })

  test.each([
    'localhost:5432',
    'mysql://me@db/polls',
    'postgres://db/polls',
    'postgres://me@db',
    'postgres://me@db/',
  ])('DATABASE_URL=%s is refused by name, without showing it', (DATABASE_URL) => {
    expect(() => readSettings({ DATABASE_URL })).toThrow(
      /^DATABASE_URL is not an address of the form postgres:/,
    )
  })

  test('REDIS_URL of another protocol is refused', () => {
    expect(() => readSettings({ REDIS_URL: 'http://localhost:6379' })).toThrow(/^REDIS_URL is not an address/)
  })
})
