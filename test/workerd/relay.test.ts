// Relays as the platform runs them: sockets that outlive the object's memory, and what ends them.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { type Entry, entryUrl, type RelayAddress, relayName } from '../../src/relay/protocol.ts'
import { aFoundedPoll, boardOf, castIn, published } from './polls.ts'

interface Frame {
  readonly type: 'results' | 'delta' | 'closed'
  readonly version: number
  readonly from?: number
  readonly ballots: number
}

const leafAddress = ({ poll }: CountingDefinition, index = 0): RelayAddress => ({
  pollId: poll.id,
  kind: 'leaf',
  index,
})
const leafOf = (poll: CountingDefinition, index = 0) =>
  env.RELAY.get(env.RELAY.idFromName(relayName(leafAddress(poll, index))))

const knock = (poll: CountingDefinition, changes: Partial<Entry> = {}, subprotocols?: string) => {
  const entry = {
    address: leafAddress(poll),
    judged: 1,
    holds: 0,
    from: null,
    region: null,
    mostViewers: 100,
    mostOfOne: 10,
    ...changes,
  }
  const headers = { Upgrade: 'websocket', ...(subprotocols && { 'Sec-WebSocket-Protocol': subprotocols }) }
  return leafOf(poll, entry.address.index).fetch(entryUrl(entry), { headers })
}

/** A viewer, everything it was sent, and how it ended. */
const watch = async (poll: CountingDefinition, changes: Partial<Entry> = {}, subprotocols?: string) => {
  const answer = await knock(poll, changes, subprotocols)
  expect(answer.status).toBe(101)
  const { webSocket: socket } = answer
  if (socket === null) throw new Error('a 101 without a socket')
  const frames: Frame[] = []
  const said: string[] = []
  const ended: { code: number; reason: string }[] = []
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => {
    if (data === 'pong') said.push(data)
    else frames.push((typeof data === 'string' ? JSON.parse(data) : decode(data)) as Frame)
  })
  socket.addEventListener('close', ({ code, reason }) => ended.push({ code, reason }))
  socket.accept()
  return { socket, frames, said, ended, answer }
}

const versions = (frames: readonly Frame[]) => frames.map(({ version }) => version)

describe('a leaf', () => {
  test('greets with the whole document and then sends what changes', async () => {
    const poll = await aFoundedPoll()
    const { frames, socket } = await watch(poll)
    await castIn(poll, 'ann')
    await expect.poll(() => frames.at(-1)?.ballots).toBe(1)
    expect(frames[0]).toMatchObject({ type: 'results', version: 0, ballots: 0 })
    expect(frames[1]).toMatchObject({
      type: 'delta',
      version: 1,
      from: 0,
      changed: { where: { options: [{ id: 'pizza', votes: 1, share: 1 }, { id: 'sushi' }] } },
    })
    socket.close()
  })

  test('speaks MessagePack to whoever asks for it', async () => {
    const poll = await aFoundedPoll()
    const packed = await watch(poll, {}, 'graphql-ws, edgepoll.msgpack, edgepoll.json')
    const plain = await watch(poll, {}, 'edgepoll.json')
    expect(packed.answer.headers.get('sec-websocket-protocol')).toBe('edgepoll.msgpack')
    expect(plain.answer.headers.get('sec-websocket-protocol')).toBe('edgepoll.json')
    await castIn(poll, 'ann')
    await expect.poll(() => packed.frames.at(-1)?.ballots).toBe(1)
    await expect.poll(() => plain.frames.length).toBe(2)
    expect(packed.frames).toEqual(plain.frames)
    packed.socket.close()
    plain.socket.close()
  })

  test('that was evicted keeps its sockets, and every one goes on from the version it has', async () => {
    const poll = await aFoundedPoll()
    const viewers = await Promise.all(Array.from({ length: 5 }, () => watch(poll)))
    await castIn(poll, 'ann')
    for (const { frames } of viewers) await expect.poll(() => frames.at(-1)?.ballots).toBe(1)
    await evictDurableObject(leafOf(poll))
    const late = await watch(poll)
    await castIn(poll, 'bob')
    for (const { frames, ended } of [...viewers, late]) {
      await expect.poll(() => frames.at(-1)?.ballots).toBe(2)
      expect(versions(frames)).toEqual(versions(frames).toSorted((one, other) => one - other))
      expect(new Set(versions(frames)).size).toBe(frames.length)
      expect(ended).toEqual([])
    }
    await evictDurableObject(leafOf(poll))
    await castIn(poll, 'cat')
    for (const { frames } of viewers) await expect.poll(() => frames.at(-1)?.ballots).toBe(3)
    for (const { socket } of viewers) socket.close()
    late.socket.close()
  })

  test('of a quiet poll sleeps: no alarm, nothing stored, and the platform answers a ping', async () => {
    const poll = await aFoundedPoll()
    const { frames, socket, said } = await watch(poll)
    await castIn(poll, 'ann')
    await expect.poll(() => frames.at(-1)?.ballots).toBe(1)
    const kept = await runInDurableObject(leafOf(poll), async (_relay, state) => ({
      alarm: await state.storage.getAlarm(),
      tables: state.storage.sql
        .exec("select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'")
        .toArray(),
    }))
    expect(kept).toEqual({ alarm: null, tables: [] })
    await evictDurableObject(leafOf(poll))
    socket.send('ping')
    await expect.poll(() => said).toEqual(['pong'])
    expect(frames).toHaveLength(2)
    socket.close()
  })

  test('ends everybody with the final result when the poll closes, and greets late-comers with it', async () => {
    const poll = await aFoundedPoll()
    const viewers = await Promise.all(Array.from({ length: 5 }, () => watch(poll)))
    await castIn(poll, 'ann')
    await evictDurableObject(leafOf(poll))
    expect(await boardOf(poll).close()).toMatchObject({ final: true })
    const late = await watch(poll)
    for (const { frames, ended } of [...viewers, late]) {
      await expect.poll(() => ended).toEqual([{ code: 1000, reason: 'the poll is closed' }])
      expect(frames.at(-1)).toMatchObject({ type: 'closed', final: true, ballots: 1 })
    }
    expect(late.frames).toHaveLength(1)
  })

  test('ends a viewer that speaks with 1008, one that speaks at length with 1009', async () => {
    const poll = await aFoundedPoll()
    const [short, long] = [await watch(poll), await watch(poll)]
    short.socket.send('hello')
    long.socket.send('x'.repeat(2_000))
    await expect.poll(() => short.ended).toEqual([{ code: 1008, reason: 'viewers only listen' }])
    await expect.poll(() => long.ended).toMatchObject([{ code: 1009 }])
  })

  test('ends everybody with 1008 when fewer may watch, and lets in who was judged anew', async () => {
    const poll = await aFoundedPoll()
    const before = await watch(poll)
    const { title, description, questions, opensAt, closesAt, dedupe, revisions, challenge } = poll.poll
    const { allowedOrigins, expectedVoters, labels } = poll.poll
    const definition = {
      ...{ title, description, questions, opensAt, closesAt, dedupe, revisions, challenge },
      ...{ allowedOrigins, expectedVoters, labels, results: 'hidden' as const },
    }
    const changed = await boardOf(poll).change({ kind: 'edit', from: 1, definition })
    expect(changed).toMatchObject({ ok: true })
    await expect.poll(() => before.ended).toMatchObject([{ code: 1008 }])
    const stale = await knock(poll, { judged: 1 })
    expect([stale.status, await stale.json()]).toEqual([503, { reason: 'terms-changed' }])
    const owner = await watch(poll, { judged: 2 })
    await castIn(poll, 'ann')
    await expect.poll(() => owner.frames.at(-1)?.ballots).toBe(1)
    expect(before.frames).toHaveLength(1)
    owner.socket.close()
  })

  test('ends everybody when the poll is deleted, and opens no more sockets', async () => {
    const poll = await aFoundedPoll()
    const { ended } = await watch(poll)
    expect(await boardOf(poll).remove()).toBe(true)
    await expect.poll(() => ended).toEqual([{ code: 1000, reason: 'the poll is deleted' }])
    expect(await (await knock(poll)).json()).toEqual({ reason: 'poll-not-found' })
  })

  test('takes as many sockets of one address, and of all, as it is told', async () => {
    const poll = await aFoundedPoll()
    const limits = { mostViewers: 3, mostOfOne: 2 }
    const open = [await watch(poll, { ...limits, from: 'a' }), await watch(poll, { ...limits, from: 'a' })]
    expect(await (await knock(poll, { ...limits, from: 'a' })).json()).toEqual({ reason: 'too-many-sockets' })
    open.push(await watch(poll, { ...limits, from: 'b' }))
    expect(await (await knock(poll, { ...limits, from: 'c' })).json()).toEqual({ reason: 'audience-full' })
    for (const { socket } of open) socket.close()
  })
})

describe('a branch', () => {
  test('feeds leaves that the board does not know', async () => {
    const poll = await aFoundedPoll()
    const near = await watch(poll)
    const far = await watch(poll, { address: leafAddress(poll, 20) })
    await castIn(poll, 'ann')
    for (const { frames } of [near, far]) await expect.poll(() => frames.at(-1)?.ballots).toBe(1)
    const told = await runInDurableObject(boardOf(poll), (_board, state) =>
      state.storage.sql.exec('select name from audience_child order by name').toArray(),
    )
    expect(told).toEqual([{ name: 'branch/0' }, { name: 'leaf/0' }])
    await evictDurableObject(env.RELAY.get(env.RELAY.idFromName(`${poll.poll.id}/branch/0`)))
    await published(poll, 1)
    await boardOf(poll).close()
    for (const { ended } of [near, far]) await expect.poll(() => ended).toMatchObject([{ code: 1000 }])
  })
})
