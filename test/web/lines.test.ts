// Which line a watcher takes, when it comes back, and when it gives up.
import { describe, expect, it } from 'vitest'
import { watchResults } from '../../web/live/watch-results.ts'
import { handClock } from './by-hand.ts'
import { document, frame, watching } from './watching.ts'

const greeting = frame('results', document(3))

describe('when the line breaks', () => {
  it('comes back at any time up to a limit, so that an audience does not return in step', async () => {
    const early = watching({ random: 0 })
    early.line().ended('lost', 0)
    await early.pass(0)
    expect(early.lines).toHaveLength(2)

    const late = watching({ random: 0.999 })
    late.line().ended('lost', 0)
    await late.pass(3_900)
    expect(late.lines).toHaveLength(1)
    await late.pass(100)
    expect(late.lines).toHaveLength(2)
  })

  it('says it is reconnecting, and then live again', async () => {
    const { line, states, fail } = watching()
    line().heard(greeting)
    await fail()
    line().heard(greeting)
    expect(states).toEqual(['live', 'reconnecting', 'live'])
  })

  it('tells the next line what it holds', async () => {
    const { line, fail } = watching({ version: 1 })
    expect(line().held).toBe(1)
    line().heard(greeting)
    await fail()
    expect(line().held).toBe(3)
  })

  it('gives up on a line that says nothing for ten seconds', async () => {
    const { lines, pass } = watching()
    await pass(9_900)
    expect(lines[0]?.hungUp).toBe(false)
    await pass(100)
    expect(lines[0]?.hungUp).toBe(true)
    await pass(4_000)
    expect(lines).toHaveLength(2)
  })

  it('gives up on a line that falls silent, and not on one whose heart beats', async () => {
    const { line, lines, pass } = watching()
    line().heard(greeting)
    for (let beats = 0; beats < 10; beats++) {
      await pass(40_000)
      line().heard('pong')
    }
    expect(lines).toHaveLength(1)
    expect(lines[0]?.hungUp).toBe(false)
    await pass(45_000)
    expect(lines[0]?.hungUp).toBe(true)
  })

  it('hears nothing more from a line it has left', async () => {
    const { lines, shown, pass, states } = watching()
    await pass(10_000)
    lines[0]?.heard(frame('results', document(9)))
    lines[0]?.ended('refused', 0)
    expect(shown()).toEqual([])
    expect(states).toEqual(['reconnecting'])
  })

  it('is as patient as at first with a line that had lasted', async () => {
    const { line, kinds, pass, fail } = watching()
    for (let lives = 0; lives < 5; lives++) {
      line().heard(greeting)
      await pass(5_000)
      await fail()
    }
    expect(new Set(kinds())).toEqual(new Set(['socket']))
  })

  it('takes another where a line greets and breaks, and breaks again', async () => {
    const { line, kinds, fail } = watching()
    for (let lives = 0; lives < 2; lives++) {
      line().heard(greeting)
      await fail()
    }
    expect(kinds()).toEqual(['socket', 'socket', 'stream'])
  })
})

describe('where sockets do not get through', () => {
  it('hears a stream, and asks where that does not come through either', async () => {
    const { breakWhile, kinds } = watching()
    await breakWhile('socket', 'stream')
    expect(kinds()).toEqual(['socket', 'socket', 'stream', 'stream', 'question'])
  })

  it('goes on where a browser has no sockets at all', async () => {
    const clock = handClock()
    const opened: string[] = []
    const watch = watchResults(
      {
        lines: [
          () => {
            throw new ReferenceError('WebSocket is not defined')
          },
          () => {
            opened.push('stream')
            return { close: () => undefined }
          },
        ],
        after: clock.after,
        random: () => 0.5,
      },
      { version: 0, onResults: () => undefined, onState: () => undefined },
    )
    await clock.pass(4_000)
    expect(opened).toEqual(['stream'])
    watch.stop()
  })

  it('stays with the stream for as long as it works', async () => {
    const { line, breakWhile, kinds, fail, pass } = watching()
    await breakWhile('socket')
    line().heard(greeting)
    await pass(5_000)
    await fail()
    expect(kinds().slice(2)).toEqual(['stream', 'stream'])
  })

  it('tries the socket again after some minutes, once, and goes back to what works', async () => {
    const { line, breakWhile, kinds, pass, fail } = watching()
    await breakWhile('socket', 'stream')
    for (let asked = 0; kinds().at(-1) === 'question'; asked++) {
      if (asked > 100) throw new Error('the socket was never tried again')
      line().heard(JSON.stringify(document(3)))
      line().ended('done', 0)
      await pass(4_500)
    }
    expect(kinds().at(-1)).toBe('socket')
    await fail()
    expect(kinds().at(-1)).toBe('question')
  })

  it('stays with a socket that works again', async () => {
    const { line, breakWhile, kinds, pass, waiting } = watching()
    await breakWhile('socket')
    line().heard(greeting)
    for (let beats = 0; kinds().at(-1) === 'stream'; beats++) {
      if (beats > 100) throw new Error('the socket was never tried again')
      await pass(5_000)
      line().heard('')
    }
    line().heard(greeting)
    await pass(5_000)
    expect(kinds()).toEqual(['socket', 'socket', 'stream', 'socket'])
    expect(waiting()).toBe(1) // for its silence, and for nothing else
  })

  it('begins again with the socket when nothing gets through: it is not the line that fails', async () => {
    const { breakWhile, kinds, fail } = watching()
    await breakWhile('socket', 'stream')
    await fail()
    await fail()
    expect(kinds().slice(-2)).toEqual(['question', 'socket'])
  })

  it('lets half a minute go by, more or less, once every line has failed', async () => {
    const { breakWhile, lines, line, pass } = watching({ random: 0.999 })
    await breakWhile('socket', 'stream')
    line().ended('lost', 0)
    await pass(4_000)
    const before = lines.length
    line().ended('lost', 0)
    await pass(29_900)
    expect(lines).toHaveLength(before)
    await pass(100)
    expect(lines).toHaveLength(before + 1)
  })
})

describe('between two questions', () => {
  const asking = async (random = 0.5) => {
    const watched = watching({ random })
    await watched.breakWhile('socket', 'stream')
    return watched
  }

  it('waits three seconds to four and a half', async () => {
    for (const [random, ms] of [
      [0, 3_000],
      [0.999, 4_499],
    ] as const) {
      const { line, lines, pass } = await asking(random)
      const before = lines.length
      line().heard(JSON.stringify(document(3)))
      line().ended('done', 0)
      await pass(ms - 10)
      expect(lines).toHaveLength(before)
      await pass(20)
      expect(lines).toHaveLength(before + 1)
    }
  })

  it('waits as long as the answer says, and up to half as long again', async () => {
    const { line, lines, pass, states } = await asking()
    const before = lines.length
    line().heard(JSON.stringify(document(3)))
    line().ended('done', 20_000)
    await pass(24_900)
    expect(lines).toHaveLength(before)
    await pass(100)
    expect(lines).toHaveLength(before + 1)
    expect(states.at(-1)).toBe('live')
  })

  it('stays with questions where a server answers that it is busy, and waits as it asks', async () => {
    const { line, kinds, pass } = await asking()
    for (let times = 0; times < 5; times++) {
      const before = kinds().length
      line().ended('lost', 20_000)
      await pass(19_900)
      expect(kinds()).toHaveLength(before)
      await pass(10_200)
      expect(kinds().at(-1)).toBe('question')
    }
  })

  it('stops where results are refused', async () => {
    const { line, lines, states, pass, waiting } = await asking()
    const before = lines.length
    line().ended('refused', 0)
    await pass(600_000)
    expect(lines).toHaveLength(before)
    expect(states.at(-1)).toBe('refused')
    expect(waiting()).toBe(0)
  })
})

describe('when the tab is hidden', () => {
  it('hangs up after ten seconds, and calls at once when it is seen again', async () => {
    const { line, lines, states, pass, watch, waiting } = watching()
    line().heard(greeting)
    watch.visible(false)
    await pass(9_900)
    expect(lines[0]?.hungUp).toBe(false)
    await pass(100)
    expect(lines[0]?.hungUp).toBe(true)
    expect(states.at(-1)).toBe('paused')
    await pass(600_000)
    expect(lines).toHaveLength(1)
    expect(waiting()).toBe(0)
    watch.visible(true)
    await pass(0)
    expect(lines).toHaveLength(2)
    expect(line().held).toBe(3)
  })

  it('keeps the line when it is seen again soon', async () => {
    const { lines, line, pass, watch } = watching()
    line().heard(greeting)
    watch.visible(false)
    await pass(5_000)
    watch.visible(true)
    await pass(10_000)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.hungUp).toBe(false)
  })

  it('tries sockets again when it is seen: the network may be another', async () => {
    const { breakWhile, pass, watch, kinds } = watching()
    await breakWhile('socket', 'stream')
    watch.visible(false)
    await pass(10_000)
    watch.visible(true)
    await pass(0)
    expect(kinds().at(-1)).toBe('socket')
  })

  it('does not begin again because the network comes and goes', async () => {
    const { lines, pass, watch } = watching()
    watch.visible(false)
    await pass(10_000)
    watch.online(false)
    watch.online(true)
    await pass(60_000)
    expect(lines).toHaveLength(1)
  })
})

describe('when the network goes', () => {
  it('hangs up, and comes back within a second of its return, not in step with others', async () => {
    const { line, lines, states, pass, watch } = watching({ random: 0.9 })
    line().heard(greeting)
    watch.online(false)
    expect(lines[0]?.hungUp).toBe(true)
    expect(states.at(-1)).toBe('reconnecting')
    await pass(20_000)
    expect(lines).toHaveLength(1)
    watch.online(true)
    await pass(800)
    expect(lines).toHaveLength(1)
    await pass(200)
    expect(lines).toHaveLength(2)
  })

  it('tries all the same after a while, since browsers are sometimes wrong', async () => {
    const { lines, line, pass, watch, states } = watching({ random: 0.5 })
    watch.online(false)
    await pass(15_000)
    expect(lines).toHaveLength(2)
    line().heard(greeting)
    expect(states.at(-1)).toBe('live')
  })
})

describe('when it is stopped', () => {
  it('hangs up, says nothing more and leaves nothing waiting', async () => {
    const { line, lines, states, shown, watch, pass, waiting } = watching()
    line().heard(greeting)
    watch.visible(false)
    watch.stop()
    lines[0]?.heard(frame('results', document(4)))
    watch.visible(true)
    watch.online(true)
    await pass(60_000)
    expect(lines).toHaveLength(1)
    expect(shown()).toEqual([3])
    expect(states).toEqual(['live'])
    expect(waiting()).toBe(0)
  })
})
