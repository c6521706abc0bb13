// What boxes and boards rely on in their storage: one suite for node:sqlite and for the object.
import { describe, expect, test } from 'vitest'
import type { ObjectStorage, SqlValue } from '../../src/kernel/object-storage.ts'

/** An empty storage, and a look at the alarm that is set in it. */
export interface OpenStorage {
  readonly storage: ObjectStorage
  pendingAlarm(): Promise<number | null>
}

/** Runs `work` on an empty storage, where the storage may be used: inside its object, if it has one. */
export type WithStorage = <Value>(work: (open: OpenStorage) => Value | Promise<Value>) => Promise<Value>

export const objectStorageContract = (name: string, withStorage: WithStorage): void => {
  const withTable = <Value>(work: (storage: ObjectStorage, open: OpenStorage) => Value | Promise<Value>) =>
    withStorage((open) => {
      open.storage.run('create table item (id integer primary key, value)')
      return work(open.storage, open)
    })
  const put = (storage: ObjectStorage, value: SqlValue) =>
    storage.run('insert into item (value) values (?)', value)
  const values = (storage: ObjectStorage) =>
    storage.all<{ value: SqlValue }>('select value from item order by id').map(({ value }) => value)

  describe(`${name}: values come back as they went in`, () => {
    test.each<[string, SqlValue]>([
      ['null', null],
      ['an empty text', ''],
      ['a text with line separators', 'a\u2028b\u2029c\r\n\t\u0001'],
      ['a text with emoji', 'because 🍕👩‍👩‍👧‍👦'],
      ['a long text', 'é'.repeat(200_000)],
      ['zero', 0],
      ['a negative number', -1],
      ['the largest exact integer', 2 ** 53 - 1],
      ['a fraction', 0.1],
    ])('%s', (_what, value) =>
      withTable((storage) => {
        put(storage, value)
        expect(values(storage)).toEqual([value])
      }),
    )

    test('an integer column keeps the largest exact integer an integer', () =>
      withStorage(({ storage }) => {
        storage.run('create table number (whole integer not null)')
        storage.run('insert into number (whole) values (?)', 2 ** 53 - 1)
        expect(storage.all('select whole, typeof(whole) as type from number')).toEqual([
          { whole: 2 ** 53 - 1, type: 'integer' },
        ])
      }))

    test('bytes, as a Uint8Array', () =>
      withTable((storage) => {
        put(storage, new Uint8Array([0, 1, 254, 255]))
        const [bytes] = values(storage)
        expect(bytes).toBeInstanceOf(Uint8Array)
        expect(bytes).toEqual(new Uint8Array([0, 1, 254, 255]))
      }))

    test('of a view of a longer buffer only what the view shows', () =>
      withTable((storage) => {
        const whole = new Uint8Array([9, 9, 9, 1, 2, 3, 9, 9])
        put(storage, whole.subarray(3, 6))
        expect(values(storage)).toEqual([new Uint8Array([1, 2, 3])])
      }))

    test('no bytes at all', () =>
      withTable((storage) => {
        put(storage, new Uint8Array())
        expect(values(storage)).toEqual([new Uint8Array()])
      }))

    test('several columns of one row, each by its name', () =>
      withStorage(({ storage }) => {
        storage.run('create table mixed (a text, b blob, c integer, d)')
        storage.run('insert into mixed values (?, ?, ?, ?)', 'x', new Uint8Array([7]), 3, null)
        expect(storage.all('select d, c, b, a from mixed')).toEqual([
          { a: 'x', b: new Uint8Array([7]), c: 3, d: null },
        ])
      }))
  })

  describe(`${name}: statements`, () => {
    test('find a row by bytes', () =>
      withTable((storage) => {
        put(storage, new Uint8Array([1, 2, 3]))
        put(storage, new Uint8Array([1, 2, 4]))
        const wanted = new Uint8Array([0, 1, 2, 4, 0]).subarray(1, 4)
        expect(storage.all('select id from item where value = ?', wanted)).toEqual([{ id: 2 }])
      }))

    test('give an empty list where there is no row', () =>
      withTable((storage) => {
        expect(storage.all('select * from item')).toEqual([])
      }))

    test('take a hundred values', () =>
      withStorage(({ storage }) => {
        const given = Array.from({ length: 100 }, (_, at) => at)
        const sum = given.map(() => '?').join(' + ')
        expect(storage.all(`select ${sum} as sum`, ...given)).toEqual([{ sum: 4_950 }])
      }))

    test('throw where a constraint is broken, and change nothing', () =>
      withTable((storage) => {
        storage.run('insert into item (id, value) values (1, ?)', 'first')
        expect(() => storage.run('insert into item (id, value) values (1, ?)', 'second')).toThrow()
        expect(values(storage)).toEqual(['first'])
      }))
  })

  describe(`${name}: rows written are counted`, () => {
    const withBallots = (work: (storage: ObjectStorage, put: (voter: number) => number) => void) =>
      withStorage(({ storage }) => {
        storage.run(
          `create table ballot (voter_key blob not null, ballot_key blob not null, seq integer not null,
             primary key (voter_key, ballot_key)) without rowid`,
        )
        work(storage, (voter) =>
          storage.run(
            `insert into ballot (voter_key, ballot_key, seq) values (?, ?, 1)
             on conflict (voter_key, ballot_key) do update set seq = seq + 1`,
            new Uint8Array([voter]),
            new Uint8Array([voter]),
          ),
        )
      })

    test('a new ballot is one row, since a table without rowid has no second index', () =>
      withBallots((_storage, vote) => {
        expect([vote(1), vote(2), vote(3)]).toEqual([1, 1, 1])
      }))

    test('changing a ballot is one row', () =>
      withBallots((storage, vote) => {
        vote(1)
        expect(vote(1)).toBe(1)
        expect(storage.all('select seq from ballot')).toEqual([{ seq: 2 }])
      }))

    test('what changes nothing is no row', () =>
      withTable((storage) => {
        expect(storage.run('update item set value = 1')).toBe(0)
        expect(storage.run('insert into item (id) values (1) on conflict (id) do nothing')).toBe(1)
        expect(storage.run('insert into item (id) values (1) on conflict (id) do nothing')).toBe(0)
      }))
  })

  describe(`${name}: a transaction`, () => {
    test('gives what its work returns, and keeps what it wrote', () =>
      withTable((storage) => {
        const given = storage.transaction(() => {
          put(storage, 'a')
          put(storage, 'b')
          return values(storage).length
        })
        expect(given).toBe(2)
        expect(values(storage)).toEqual(['a', 'b'])
      }))

    test('sees its own writes', () =>
      withTable((storage) => {
        storage.transaction(() => {
          put(storage, 1)
          storage.run('update item set value = value + 1')
          expect(values(storage)).toEqual([2])
        })
      }))

    test('that throws has written nothing at all, and throws the same thing on', () =>
      withTable((storage) => {
        put(storage, 'before')
        const reason = new Error('the disk is full')
        const thrown = caught(() =>
          storage.transaction(() => {
            put(storage, 'inside')
            storage.run('update item set value = ?', 'changed')
            storage.run('create table later (id integer)')
            throw reason
          }),
        )
        expect(thrown).toBe(reason)
        expect(values(storage)).toEqual(['before'])
        expect(storage.all("select 1 from sqlite_master where name = 'later'")).toEqual([])
      }))

    test('that a broken constraint ends has written nothing at all', () =>
      withTable((storage) => {
        expect(() =>
          storage.transaction(() => {
            storage.run('insert into item (id) values (1)')
            storage.run('insert into item (id) values (1)')
          }),
        ).toThrow()
        expect(values(storage)).toEqual([])
      }))

    test('can be followed by another after it threw', () =>
      withTable((storage) => {
        caught(() =>
          storage.transaction(() => {
            throw new Error('once')
          }),
        )
        storage.transaction(() => put(storage, 'after'))
        expect(values(storage)).toEqual(['after'])
      }))

    test('inside another is undone alone when its throw is caught there', () =>
      withTable((storage) => {
        storage.transaction(() => {
          put(storage, 'outer')
          caught(() =>
            storage.transaction(() => {
              put(storage, 'inner')
              throw new Error('inner')
            }),
          )
          put(storage, 'outer again')
        })
        expect(values(storage)).toEqual(['outer', 'outer again'])
      }))
  })

  describe(`${name}: the alarm`, () => {
    test('is none at first', () =>
      withStorage(async ({ pendingAlarm }) => {
        expect(await pendingAlarm()).toBeNull()
      }))

    test('is the last wish', () =>
      withStorage(async ({ storage, pendingAlarm }) => {
        storage.wakeAt(farOff)
        storage.wakeAt(farOff + 1_000)
        storage.wakeAt(farOff + 500)
        expect(await pendingAlarm()).toBe(farOff + 500)
      }))
  })
}

/** Far enough that no alarm of these tests ever rings. */
const farOff = Date.UTC(2100, 0, 1)

const caught = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
