// What a watcher shows: the newest there is, whole, and never a lower version.
import { describe, expect, it } from 'vitest'
import { choice, delta, document, frame, watching } from './watching.ts'

describe('a page that watches', () => {
  it('shows the document it is greeted with and says it is live', () => {
    const { line, shown, states } = watching()
    line().heard(frame('results', document(3)))
    expect(shown()).toEqual([3])
    expect(states).toEqual(['live'])
  })

  it('takes a document that is no frame, as streams and answers have it', () => {
    const { line, seen } = watching()
    line().heard(JSON.stringify(document(3)))
    expect(seen).toEqual([document(3)])
  })

  it('merges what a delta changed and keeps the rest', () => {
    const { line, seen } = watching()
    line().heard(frame('results', document(3)))
    line().heard(delta(3, 4, { where: choice('where', 9) }))
    expect(seen.at(-1)).toMatchObject({
      version: 4,
      asOf: '2026-11-24T12:00:01.000Z',
      ballots: 4,
      questions: [choice('where', 9), choice('when', 3)],
    })
  })

  it('takes a delta from an older version, since questions come whole', () => {
    const { line, shown } = watching()
    line().heard(frame('results', document(5)))
    line().heard(delta(3, 6, { where: choice('where', 6) }))
    expect(shown()).toEqual([5, 6])
  })

  it('never shows a lower version than the page already had', () => {
    const { line, shown } = watching({ version: 7 })
    line().heard(frame('results', document(6)))
    line().heard(delta(4, 5, {}))
    expect(shown()).toEqual([])
  })

  it('merges on from a document that was older than what the page showed', () => {
    const { line, seen } = watching({ version: 7 })
    line().heard(frame('results', document(6)))
    line().heard(delta(6, 8, { where: choice('where', 8) }))
    expect(seen).toMatchObject([{ version: 8, questions: [choice('where', 8), choice('when', 6)] }])
  })

  it('does not go back to what a slower line brings', async () => {
    const { line, fail, shown } = watching()
    line().heard(frame('results', document(5)))
    await fail()
    line().heard(frame('results', document(4)))
    line().heard(frame('results', document(5)))
    line().heard(delta(5, 6, {}))
    expect(shown()).toEqual([5, 6])
  })

  it('starts a new line, which begins with the whole, when something is missing between two frames', async () => {
    const { line, lines, shown, pass } = watching()
    line().heard(frame('results', document(3)))
    line().heard(delta(4, 5, { where: choice('where', 5) }))
    expect(lines[0]?.hungUp).toBe(true)
    await pass(4_000)
    expect(lines).toHaveLength(2)
    expect(line().held).toBe(3)
    line().heard(frame('results', document(5)))
    expect(shown()).toEqual([3, 5])
  })

  it('applies no delta before it holds a document', async () => {
    const { line, lines, shown, pass } = watching({ version: 7 })
    line().heard(delta(7, 8, { where: choice('where', 8) }))
    await pass(4_000)
    expect(shown()).toEqual([])
    expect(lines).toHaveLength(2)
  })

  it('ignores what it cannot read and what it does not know', () => {
    const { line, lines, shown } = watching()
    for (const text of [
      '{',
      'null',
      '7',
      'pong',
      '{"type":"applause","version":9}',
      '{"type":"results","version":"9"}',
    ])
      line().heard(text)
    expect(shown()).toEqual([])
    expect(lines).toHaveLength(1)
  })

  it('merges a question called like a property of every object', () => {
    const { line, seen } = watching()
    const odd = { ...document(1), questions: [choice('constructor', 1)] }
    line().heard(frame('results', odd))
    line().heard(delta(1, 2, {}))
    expect(seen.at(-1)?.questions).toEqual([choice('constructor', 1)])
  })
})

describe('when the poll closes', () => {
  it('shows the final document, says so, hangs up and leaves nothing waiting', async () => {
    const { line, lines, shown, states, pass, waiting } = watching()
    line().heard(frame('results', document(3)))
    line().heard(frame('closed', document(3, true)))
    line().ended('spent', 0)
    await pass(600_000)
    expect(shown()).toEqual([3, 3])
    expect(states.at(-1)).toBe('final')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.hungUp).toBe(true)
    expect(waiting()).toBe(0)
  })

  it('goes on while the counting is not finished', () => {
    const { line, states } = watching()
    line().heard(frame('closed', document(3)))
    expect(states).toEqual(['live'])
  })

  it('asks by another line where a socket ended without the final document', async () => {
    const { line, states, pass, kinds } = watching()
    line().heard(frame('results', document(3)))
    line().ended('spent', 0)
    await pass(2_000)
    expect(kinds()).toEqual(['socket', 'stream'])
    line().ended('refused', 0)
    expect(states.at(-1)).toBe('refused')
  })
})
