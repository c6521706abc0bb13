// Those who watch: readers ask for results again and again, viewers hold a socket and apply what it brings.
import type { Results } from '../../../src/domain/tally/results.ts'
import type { RelayAddress } from '../../../src/relay/protocol.ts'
import { merged, readFrame } from '../../../web/live/frames.ts'
import type { Watcher } from '../../support/simulated/sockets.ts'
import type { Sighting } from '../history.ts'
import { type Stage, staged } from './stage.ts'

/** Reads results one after the other, until `ends`: at one edge out of its memory, or anywhere and always new. */
export const reader = async (
  stage: Stage,
  name: string,
  at: number | 'anywhere',
  ends: number,
): Promise<void> => {
  const poll = await staged(stage)
  const { schedule } = stage.world
  while (schedule.now < stage.began + ends) {
    await schedule.pause(stage.chance.between(300, 4_000))
    await read(stage, name, poll.id, at)
  }
}

/** The results document as the API gives it, or null where there is none to be had. */
export const read = async (
  { world, history }: Pick<Stage, 'world' | 'history'>,
  name: string,
  pollId: string,
  at: number | 'anywhere',
): Promise<Results | null> => {
  const sentAt = world.schedule.now
  const fresh = at === 'anywhere'
  try {
    const { found, isolate } = await world.edges.ask(
      async ({ isolate, readResults }, signal) => ({
        isolate,
        found: await readResults({ pollId, receipt: null, workspaceId: null, fresh }, signal),
      }),
      fresh ? undefined : at,
    )
    if (!found.ok) return null
    const { version, document } = found.value.snapshot
    const results: Results = JSON.parse(document)
    history.sightings.push({
      // When an edge's process ends, so does the connection: whoever connects again is somebody else.
      client: fresh ? name : `${name} at ${isolate}`,
      pollId,
      sentAt,
      seenAt: world.schedule.now,
      version,
      results,
      by: 'read',
      gap: null,
    })
    return results
  } catch {
    return null
  }
}

/** Watches a poll's socket until the server ends it, and comes back when the connection breaks. */
export const viewer = async (stage: Stage, client: string): Promise<void> => {
  const { world, history, chance } = stage
  const poll = await staged(stage)
  const { schedule } = world
  await schedule.pause(chance.between(0, 3_000))
  const connect = (held: Results | null): void => {
    let shown = held
    let greeted = false
    let over = false
    const comeBack = () => {
      if (over) return
      over = true
      world.saw('viewer came back')
      schedule.after(chance.between(20, 2_500), () => connect(shown))
    }
    const watcher: Watcher = {
      frame(text) {
        const frame = readFrame(text)
        if (frame === null) throw new Error(`no viewer understands ${text}`)
        const gap: Sighting['gap'] =
          frame.type === 'delta' ? { from: frame.from, held: greeted ? (shown?.version ?? -1) : -1 } : null
        if (frame.type === 'results') shown = frame.results
        else if (shown !== null) shown = merged(shown, frame)
        greeted = true
        if (shown === null) return
        history.sightings.push({
          client,
          pollId: poll.id,
          sentAt: schedule.now,
          seenAt: schedule.now,
          version: shown.version,
          results: shown,
          by: 'frame',
          gap,
        })
      },
      closed(code) {
        if (code !== 1000) comeBack()
      },
    }
    open(stage, client, poll.id, shown?.version ?? 0, watcher).then((opened) => {
      if (!opened) comeBack()
    }, comeBack)
  }
  connect(null)
}

/** Two leaves that the board feeds, and two behind a branch. */
const leaves = [0, 1, 20, 21] as const

/** Whether a leaf took the viewer in: by the poll as an edge knows it, which may be of yesterday. */
const open = async (
  { world, chance }: Stage,
  client: string,
  pollId: string,
  holds: number,
  watcher: Watcher,
): Promise<boolean> => {
  const view = await world.edges.ask(({ readPoll }, signal) => readPoll({ pollId }, signal))
  if (!view.ok) return true // deleted: nobody comes back
  const leaf: RelayAddress = { pollId, kind: 'leaf', index: chance.pick(leaves) }
  const no = await world.relays.watch(leaf, view.value.version, holds, watcher)
  world.note(() => `${client} at ${leaf.index}: ${no?.reason ?? 'in'}`)
  return no === null || no.reason === 'poll-not-found'
}
