// How the page follows results: newest first, never backwards, and without tiring the server.
import { describe, expect, it } from 'vitest'
import { choice, delta, document, frame, fresh, watching } from './watching.ts'

describe('a page that watches', () => {
  it('shows the document it is greeted with and says it is live', () => {
    const { line, shown, states } = watching()
    line().message(frame('results', document(3)))
    expect(shown()).toEqual([3])
    expect(states).toEqual(['live'])
  })

  it('merges what a delta changed and keeps the rest', () => {
    const { line, seen } = watching()
    line().message(frame('results', document(3)))
    line().message(delta(3, 4, { where: choice('where', 9) }))
    expect(seen.at(-1)).toMatchObject({
      version: 4,
      ballots: 4,
      questions: [choice('where', 9), choice('when', 3)],
    })
  })

  it('takes a delta from an older version, since questions come whole', () => {
    const { line, shown } = watching()
    line().message(frame('results', document(5)))
    line().message(delta(3, 6, { where: choice('where', 6) }))
    expect(shown()).toEqual([5, 6])
  })

  it('never shows a lower version than the page already had', () => {
    const { line, shown } = watching({ version: 7 })
    line().message(frame('results', document(6)))
    line().message(delta(4, 5, {}))
    expect(shown()).toEqual([])
  })

  it('starts a new line when something is missing between two frames', () => {
    const { line, lines, shown, pass } = watching()
    line().message(frame('results', document(3)))
    line().message(delta(4, 5, { where: choice('where', 5) }))
    pass(1_000)
    expect(lines).toHaveLength(2)
    expect(lines[0]?.hungUp).toBe(true)
    line().message(frame('results', document(5)))
    expect(shown()).toEqual([3, 5])
  })

  it('ignores what it cannot read and what it does not know', () => {
    const { line, lines, shown, pass } = watching()
    line().message('{')
    line().message('null')
    line().message('{"type":"applause","version":9}')
    line().message('{"type":"results","version":"9"}')
    pass(100)
    expect(shown()).toEqual([])
    expect(lines).toHaveLength(1)
  })

  it('merges a question called like a property of every object', () => {
    const { line, seen } = watching()
    const odd = { ...document(1), questions: [choice('constructor', 1)] }
    line().message(frame('results', odd))
    line().message(delta(1, 2, {}))
    expect(seen.at(-1)?.questions).toEqual([choice('constructor', 1)])
  })
})

describe('when the poll closes', () => {
  it('shows the final document, says so and hangs up', () => {
    const { line, lines, shown, states, pass } = watching()
    line().message(frame('results', document(3)))
    line().message(frame('closed', document(3, true)))
    line().closed()
    pass(120_000)
    expect(shown()).toEqual([3, 3])
    expect(states.at(-1)).toBe('final')
    expect(lines).toHaveLength(1)
  })

  it('goes on while the counting is not finished', () => {
    const { line, states } = watching()
    line().message(frame('closed', document(3)))
    expect(states).toEqual(['live'])
  })
})

describe('when the line breaks', () => {
  it('waits anything up to a limit that doubles, so that an audience does not return in step', () => {
    const early = watching({ random: 0 })
    early.line().closed()
    early.pass(0)
    expect(early.lines).toHaveLength(2)

    const late = watching({ random: 0.999 })
    late.line().closed()
    late.pass(900)
    expect(late.lines).toHaveLength(1)
    late.pass(100)
    expect(late.lines).toHaveLength(2)
    late.line().closed()
    late.pass(1_900)
    expect(late.lines).toHaveLength(2)
    late.pass(100)
    expect(late.lines).toHaveLength(3)
  })

  it('says it is reconnecting, and then live again', () => {
    const { line, states, pass } = watching()
    line().message(frame('results', document(3)))
    line().closed()
    pass(5_000)
    line().message(frame('results', document(4)))
    expect(states).toEqual(['live', 'reconnecting', 'live'])
  })

  it('gives up on a line that says nothing for ten seconds', () => {
    const { lines, pass } = watching()
    pass(11_000)
    expect(lines[0]?.hungUp).toBe(true)
    expect(lines).toHaveLength(2)
  })

  it('hears nothing more from a line it has left', () => {
    const { lines, shown, pass } = watching()
    pass(11_000)
    lines[0]?.on.message(frame('results', document(9)))
    lines[0]?.on.closed()
    expect(shown()).toEqual([])
    expect(lines).toHaveLength(2)
  })
})

describe('where sockets do not get through', () => {
  it('polls every two to five seconds with the tag of what it has', async () => {
    const { line, asked, shown, states, pass, answers } = watching()
    answers.push(fresh(3, '"results-3-json"'), { kind: 'same', pollAfterMs: 0 }, fresh(4, '"results-4-json"'))
    for (let tries = 0; tries < 3; tries++) {
      line().closed()
      await pass(5_000)
    }
    await pass(5_000)
    await pass(5_000)
    expect(asked).toEqual([null, '"results-3-json"', '"results-3-json"'])
    expect(shown()).toEqual([3, 4])
    expect(states.at(-1)).toBe('live')
  })

  it('waits as long as the server asks, and longer', async () => {
    const { asked, pass, answers, breakLines } = watching()
    answers.push({ kind: 'failed', retryAfterMs: 20_000 }, fresh(1, null))
    await breakLines()
    expect(asked).toHaveLength(1)
    await pass(20_000)
    expect(asked).toHaveLength(1)
    await pass(5_000)
    expect(asked).toHaveLength(2)
  })

  it('stops where results are refused', async () => {
    const { asked, states, pass, answers, breakLines } = watching()
    answers.push({ kind: 'refused' })
    await breakLines()
    await pass(60_000)
    expect(asked).toHaveLength(1)
    expect(states.at(-1)).toBe('refused')
  })

  it('tries a socket again now and then, and polls on when that fails too', async () => {
    const { lines, line, pass, answers, breakLines, asked } = watching()
    for (let polls = 0; polls < 20; polls++) answers.push({ kind: 'same', pollAfterMs: 0 })
    await breakLines()
    const before = lines.length
    for (let polls = 0; polls < 12; polls++) await pass(5_000)
    expect(lines).toHaveLength(before + 1)
    line().closed()
    const polled = asked.length
    await pass(5_000)
    expect(asked).toHaveLength(polled + 1)
  })
})

describe('when the tab is hidden', () => {
  it('hangs up after ten seconds, and calls at once when it is seen again', () => {
    const { line, lines, states, pass, watch } = watching()
    line().message(frame('results', document(3)))
    watch.pause()
    pass(9_000)
    expect(lines[0]?.hungUp).toBe(false)
    pass(1_000)
    expect(lines[0]?.hungUp).toBe(true)
    expect(states.at(-1)).toBe('paused')
    pass(600_000)
    expect(lines).toHaveLength(1)
    watch.resume()
    expect(lines).toHaveLength(2)
  })

  it('keeps the line when it is seen again soon', () => {
    const { lines, pass, watch } = watching()
    watch.pause()
    pass(5_000)
    watch.resume()
    pass(4_000)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.hungUp).toBe(false)
  })
})
