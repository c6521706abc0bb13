// What becomes of one ballot: each question of docs/design/counting.md, and which of two answers comes first.
import { describe, expect, test, vi } from 'vitest'
import { decide, type Rules, type StoredBallot, type StoredRevision } from '../../src/ballot-box/decide.ts'

describe('a ballot nobody has cast before', () => {
  test('is cast while there is quota left', () => {
    expect(decide(null, asked('pizza'), open())).toEqual({ kind: 'cast' })
  })

  test('is refused where the voter has used the quota up', () => {
    expect(decide(null, asked('pizza'), open({ quotaLeft: () => false }))).toEqual(no('already-voted'))
  })

  test.each(['poll-closed', 'poll-not-open'] as const)(
    'is refused with %s while nothing may land',
    (shut) => {
      expect(decide(null, asked('pizza'), open({ shut }))).toEqual(no(shut))
    },
  )

  test('is refused where its invite has been revoked', () => {
    expect(decide(null, asked('pizza'), open({ uninvited: true }))).toEqual(no('invite-invalid'))
  })

  test('cannot be revised', () => {
    expect(decide(null, asked('pizza'), open({ revisionOnly: true, revisable: true }))).toEqual(
      no('ballot-not-found'),
    )
  })
})

describe('a ballot that is there', () => {
  test('with the same answers is answered again', () => {
    expect(decide(cast('pizza'), asked('pizza'), open())).toEqual(replayOf(cast('pizza'), 1))
  })

  test('with other answers stands, and the new one is refused', () => {
    expect(decide(cast('pizza'), asked('sushi'), open())).toEqual(no('already-voted'))
  })

  test('with other answers becomes the next revision where revisions are allowed', () => {
    expect(decide(cast('pizza'), asked('sushi'), revisable)).toEqual({ kind: 'revise', revision: 2 })
    expect(decide(cast('pizza', 'sushi'), asked('pizza'), revisable)).toEqual({ kind: 'revise', revision: 3 })
  })

  test('with the answers of its newest revision is that revision again', () => {
    const twice = cast('pizza', 'sushi')
    expect(decide(twice, asked('sushi'), revisable)).toEqual(replayOf(twice, 2))
  })

  test('can be revised by a request that may do nothing else', () => {
    const rules = open({ revisable: true, revisionOnly: true })
    expect(decide(cast('pizza'), asked('sushi'), rules)).toEqual({ kind: 'revise', revision: 2 })
  })

  test('never asks how much quota is left: it has had its own', () => {
    const quotaLeft = vi.fn(() => false)
    decide(cast('pizza'), asked('pizza'), open({ quotaLeft }))
    decide(cast('pizza'), asked('sushi'), open({ quotaLeft }))
    decide(cast('pizza'), asked('sushi'), open({ quotaLeft, revisable: true }))
    expect(quotaLeft).not.toHaveBeenCalled()
  })
})

describe('an Idempotency-Key seen before', () => {
  test('with the same content answers the revision it made, even when newer ones followed', () => {
    const revised = cast('pizza', 'sushi', 'ramen')
    expect(decide(revised, asked('pizza', 'key-1'), revisable)).toEqual(replayOf(revised, 1))
    expect(decide(revised, asked('sushi', 'key-2'), revisable)).toEqual(replayOf(revised, 2))
  })

  test('with other content is refused', () => {
    expect(decide(cast('pizza'), asked('sushi', 'key-1'), open())).toEqual(no('idempotency-key-reused'))
    expect(decide(cast('pizza'), asked('sushi', 'key-1'), revisable)).toEqual(no('idempotency-key-reused'))
  })

  test('with the content of another revision is refused', () => {
    expect(decide(cast('pizza', 'sushi'), asked('sushi', 'key-1'), revisable)).toEqual(
      no('idempotency-key-reused'),
    )
  })

  test('is no other than a fresh one for a ballot that is not there', () => {
    expect(decide(null, asked('pizza', 'key-1'), open())).toEqual({ kind: 'cast' })
  })
})

describe('an erased ballot', () => {
  test('keeps its voter from voting again, whatever the answers', () => {
    expect(decide(erased('pizza'), asked('pizza'), open())).toEqual(no('already-voted'))
    expect(decide(erased('pizza'), asked('sushi'), revisable)).toEqual(no('already-voted'))
  })

  test('is no ballot to revise', () => {
    const rules = open({ revisable: true, revisionOnly: true })
    expect(decide(erased('pizza'), asked('sushi'), rules)).toEqual(no('ballot-not-found'))
  })
})

describe('which no comes first', () => {
  const everything = { shut: 'poll-closed', uninvited: true, quotaLeft: () => false } as const

  test('a key reused for other content, before anything else', () => {
    expect(decide(cast('pizza'), asked('sushi', 'key-1'), open(everything))).toEqual(
      no('idempotency-key-reused'),
    )
  })

  test('a repeat is answered after the close, with a revoked invite and without quota', () => {
    expect(decide(cast('pizza'), asked('pizza', 'key-1'), open(everything))).toEqual(
      replayOf(cast('pizza'), 1),
    )
    expect(decide(cast('pizza'), asked('pizza'), open(everything))).toEqual(replayOf(cast('pizza'), 1))
  })

  test('a revoked invite, then the state of the poll, then that the voter has voted', () => {
    expect(decide(cast('pizza'), asked('sushi'), open(everything))).toEqual(no('invite-invalid'))
    expect(decide(cast('pizza'), asked('sushi'), open({ ...everything, uninvited: false }))).toEqual(
      no('poll-closed'),
    )
    expect(decide(cast('pizza'), asked('sushi'), open({ quotaLeft: () => false }))).toEqual(
      no('already-voted'),
    )
  })
})

const open = (changes: Partial<Rules> = {}): Rules => ({
  revisable: false,
  revisionOnly: false,
  uninvited: false,
  shut: null,
  matches: ({ commitment }) => commitment === lastAsked,
  quotaLeft: () => true,
  ...changes,
})

const revisable: Rules = open({ revisable: true })

/** A commitment here is the answer itself: what matters is whether the two are equal. */
let lastAsked = ''

const asked = (answers: string, requestKey: string | null = null) => {
  lastAsked = answers
  return { answers, requestKey }
}

/** A ballot with these answers, revision by revision, each under its own key: `key-1`, `key-2` … */
const cast = (first: string, ...later: string[]): StoredBallot => ({
  seq: 1,
  answers: later.at(-1) ?? first,
  country: null,
  revisions: [made(first, 1), ...later.map((answers, at) => made(answers, at + 2))],
})

const erased = (answers: string): StoredBallot => ({ ...cast(answers), answers: null })

const made = (answers: string, revision: number): StoredRevision => ({
  revision,
  seq: revision,
  castAt: revision,
  requestKey: `key-${revision}`,
  commitment: answers,
})

const replayOf = ({ revisions }: StoredBallot, revision: number) => ({
  kind: 'replay',
  revision: revisions[revision - 1],
})

const no = (reason: string) => ({ kind: 'refuse', refusal: { reason } })
