// What an environment says of databases: one alone is `main`; what does not fit together says what to do, and shows no secret.
import { describe, expect, test } from 'vitest'
import { archiveConfig, flawsOf } from '../../src/runtime/config.ts'
import { readDatabases } from '../../src/runtime/database-config.ts'

const main = 'postgresql://user:hunter2@main.example/edgepoll'
const north = 'postgresql://user:hunter2@north.example/edgepoll'
const replica = 'postgresql://user:hunter2@replica.example/edgepoll'
const urls = JSON.stringify({ north })

describe('databases', () => {
  test('are one, called main, where only DATABASE_URL is given', () => {
    expect(readDatabases({ DATABASE_URL: main })).toEqual({
      urls: { main },
      readUrls: {},
      pins: {},
      endpoint: '',
    })
  })

  test('are as many as are named, main first, each with its replica and the workspaces pinned to it', () => {
    const databases = readDatabases({
      DATABASE_URL: main,
      DATABASE_URLS: urls,
      DATABASE_READ_URL: replica,
      DATABASE_READ_URLS: JSON.stringify({ north: replica }),
      DATABASE_PINS: '{"ws_a":"north"}',
    })
    expect(Object.keys(databases.urls)).toEqual(['main', 'north'])
    expect(databases).toMatchObject({ readUrls: { main: replica, north: replica }, pins: { ws_a: 'north' } })
  })

  test('may be said with empty words, as shells and workflows do', () => {
    const empty = { DATABASE_URLS: '', DATABASE_READ_URL: '', DATABASE_READ_URLS: '', DATABASE_PINS: '' }
    expect(readDatabases({ DATABASE_URL: main, ...empty })).toMatchObject({ urls: { main }, readUrls: {} })
  })

  test('are the same to a Worker', () => {
    const config = archiveConfig({
      ENVIRONMENT: 'production',
      WEBHOOK_KEY: 'x'.repeat(32),
      DATABASE_URL: main,
      DATABASE_URLS: urls,
    })
    expect(config.databases.urls).toEqual({ main, north })
  })
})

describe('what does not fit together says what to do:', () => {
  const refusals: readonly [string, string, string | RegExp][] = [
    ['DATABASE_URLS', 'postgresql://x/y', 'is not JSON like {"north":"postgresql://'],
    ['DATABASE_URLS', '["a"]', 'is not JSON like'],
    ['DATABASE_URLS', `{"North":"${north}"}`, 'lower-case letters, digits and dashes'],
    ['DATABASE_URLS', '{"north":"mysql://hunter2"}', 'has nothing of use for north'],
    ['DATABASE_URLS', `{"main":"${north}"}`, 'names main, which is the database of DATABASE_URL'],
    ['DATABASE_URLS', `{"south":"${main}"}`, 'has one database as main and as south'],
    ['DATABASE_READ_URL', 'replica', /DATABASE_READ_URL/],
    ['DATABASE_READ_URLS', `{"south":"${replica}"}`, 'which is none of main: add it to DATABASE_URLS'],
    ['DATABASE_PINS', '{"ws_a":"south"}', 'pins ws_a to south, which is none of main'],
    ['DATABASE_PINS', '{"ws_a_test":"main"}', 'its tests lie with it'],
    ['DATABASE_PINS', '{"ws_a":7}', 'is not JSON like {"ws_…":"main"}'],
  ]
  test.each(refusals)('%s as %s', (name, value, words) => {
    const said = () => readDatabases({ DATABASE_URL: main, [name]: value })
    expect(said).toThrow(words)
    expect(said).toThrow(name)
    expect(said).not.toThrow('hunter2')
  })

  test('two places for one replica', () => {
    expect(() =>
      readDatabases({
        DATABASE_URL: main,
        DATABASE_READ_URL: replica,
        DATABASE_READ_URLS: JSON.stringify({ main: replica }),
      }),
    ).toThrow('names main, whose replica DATABASE_READ_URL has')
  })

  test('all of it at once, also where something else is missing', () => {
    const names = flawsOf('archive', { DATABASE_URLS: urls, DATABASE_PINS: '{"ws_a":"south"}' }).map(
      ({ name }) => name,
    )
    expect(names).toEqual(expect.arrayContaining(['ENVIRONMENT', 'DATABASE_URL', 'DATABASE_PINS']))
  })
})
