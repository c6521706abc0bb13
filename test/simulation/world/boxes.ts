// Every ballot box of a world: real boxes in objects of the simulated platform, and the way to them.
import type { BallotMessage } from '../../../src/application/ballot-message.ts'
import type { BoardLink, BoxAddress, BoxLink } from '../../../src/application/ports.ts'
import type { Box } from '../../../src/ballot-box/box.ts'
import type { BoxNamespace } from '../../../src/ballot-box/client.ts'
import {
  type BallotBoxRpc,
  boxName,
  type CastReply,
  type CastRequest,
} from '../../../src/ballot-box/protocol.ts'
import { hasTables } from '../../../src/ballot-box/schema.ts'
import { boxSettings } from '../../../src/ballot-box/settings.ts'
import { toHex } from '../../../src/kernel/bytes.ts'
import type { Route } from '../../support/simulated/network.ts'
import { plainCopy } from '../../support/simulated/plain-copy.ts'
import { type Caller, type Life, StatefulObject } from '../../support/simulated/stateful-object.ts'
import type { Ground } from './ground.ts'
import { dispatch, remote } from './remote.ts'

export interface Boxes {
  namespaceFor(caller: Caller): BoxNamespace<string>
  linkFor(caller: Caller): BoxLink
  /** Every box that was ever asked for. */
  all(): readonly BoxStand[]
}

/** One box, and what was noticed about it from outside. */
export interface BoxStand {
  readonly address: BoxAddress
  readonly object: StatefulObject<Box>
  /** The version of the tally it was frozen with, once that is durable; null: it is not frozen. */
  frozenAt: number | null
}

interface Links {
  readonly boards: (caller: Caller) => BoardLink
  readonly send: (caller: Caller, messages: readonly BallotMessage[]) => Promise<void>
  /** Told when a box's durable archive cursor has moved. */
  readonly archived: (stand: BoxStand) => void
}

export const boxesOf = (ground: Ground, links: Links): Boxes => {
  const stands = new Map<string, Watched>()
  const standOf = (address: BoxAddress): Watched => {
    const name = boxName(address)
    const known = stands.get(name)
    if (known !== undefined) return known
    const made = watched(ground, links, address)
    stands.set(name, made)
    return made
  }
  const stub = (caller: Caller, name: string): BallotBoxRpc =>
    remote<BallotBoxRpc>(methods, (method, args) => {
      const sentAt = ground.schedule.now
      return ground.network.call(routes[method] ?? plainRoute, caller, () =>
        standOf(addressOf(name)).ask(method, plainCopy(args), sentAt),
      )
    })
  return {
    namespaceFor: (caller) => ({ idFromName: (name) => name, get: (name) => stub(caller, name) }),
    linkFor: (caller) => ({
      adopt: (address, definition) => stub(caller, boxName(address)).adopt(address, definition),
      hold: (address) => stub(caller, boxName(address)).hold(address),
      freeze: (address, definition) => stub(caller, boxName(address)).freeze(address, definition),
      firsts: (address, question, continuing) =>
        stub(caller, boxName(address)).firsts(address, question, continuing),
      destroy: (address) => stub(caller, boxName(address)).destroy(address),
    }),
    all: () => [...stands.values()],
  }
}

const methods = [
  'cast',
  'find',
  'erase',
  'prove',
  'log',
  'checkpoint',
  'standing',
  'audit',
  'resend',
  'confirm',
  'adopt',
  'hold',
  'freeze',
  'firsts',
  'destroy',
] as const satisfies readonly (keyof BallotBoxRpc)[]

const plainRoute: Route = { name: 'box' }

const routes: { readonly [Method in keyof BallotBoxRpc]?: Route } = {
  cast: {
    name: 'box.cast',
    requestLost: 'cast-request-lost',
    requestLate: 'cast-request-late',
    replyLost: 'cast-reply-lost',
  },
  confirm: { name: 'box.confirm', requestLost: 'confirm-lost', requestLate: 'confirm-late' },
  adopt: { name: 'box.adopt', requestLost: 'adopt-request-lost' },
  hold: { name: 'box.hold', replyLost: 'hold-reply-lost' },
  freeze: {
    name: 'box.freeze',
    requestLost: 'freeze-request-lost',
    replyLost: 'freeze-reply-lost',
    replyLate: 'freeze-reply-late',
  },
  firsts: { name: 'box.firsts', requestLost: 'firsts-request-lost' },
  destroy: { name: 'box.destroy', replyLost: 'destroy-reply-lost' },
}

const addressOf = (name: string): BoxAddress => {
  const at = name.lastIndexOf(':')
  return { pollId: name.slice(0, at), shard: Number(name.slice(at + 1)) }
}

interface Watched extends BoxStand {
  ask(method: keyof BallotBoxRpc, args: readonly unknown[], sentAt: number): Promise<unknown>
}

/** A box under the eyes of the simulation: it notices races, and changes nothing. */
const watched = (ground: Ground, links: Links, address: BoxAddress): Watched => {
  const { saw } = ground
  const deciding = new Map<string, number>()
  const newest = new Map<string, number>()
  let joining = 0
  let held = false
  let highestSent = 0
  let archived = 0
  /** Frozen in memory, and perhaps undone. */
  let freezing: number | null = null
  let frozenSince = 0

  const needsOf = (life: Life) => ({
    storage: life.storage,
    clock: life.clock,
    after: life.after,
    abort: life.abort,
    clear: life.clear,
    report: ground.report,
    settings: boxSettings,
    board: {
      join: async (asked: BoxAddress) => {
        joining++
        try {
          return await links.boards(life).join(asked)
        } finally {
          joining--
        }
      },
      report: links.boards(life).report,
    },
    send: (messages: readonly BallotMessage[]) => {
      if (messages.some(({ first }) => first <= highestSent)) saw('events sent again')
      highestSent = Math.max(highestSent, ...messages.map(({ last }) => last))
      return links.send(life, messages)
    },
  })

  const object = new StatefulObject<Box>({
    ...ground,
    name: boxName(address),
    chance: ground.chance.fork(boxName(address)),
    make: (life) => ground.parts.makeBox(needsOf(life)),
    holdsAnswers: ground.parts.objectsHoldAnswers,
    faults: {
      beforeDurable: 'box-aborted-before-durable',
      beforeAnswer: 'box-aborted-before-answer',
      alarm: 'box-alarm-failed-7-times',
      diskFull: 'box-disk-full',
    },
    crashed: (error) => ground.alarm('0', `${boxName(address)} threw in a timer: ${String(error)}`),
    gaveUp: () => ground.saw('alarm given up'),
    ended: () => {
      joining = 0
      freezing = null
    },
    synced: () => {
      const kept = cursors(object)
      if (kept.archived !== archived) links.archived(stand)
      archived = kept.archived
      if (!kept.frozen || stand.frozenAt !== null) return
      stand.frozenAt = freezing
      frozenSince = ground.schedule.now
    },
  })

  const cast = async (
    { cast: { voterKey } }: CastRequest,
    sentAt: number,
    decide: () => Promise<CastReply>,
  ): Promise<CastReply> => {
    const voter = toHex(voterKey)
    const others = deciding.get(voter) ?? 0
    if (others > 0) saw('one voter, two casts in flight')
    if (joining > 0) saw('several first voters')
    if (sentAt < frozenSince && stand.frozenAt !== null) saw('cast after freeze')
    if (held) saw('cast held for new questions')
    deciding.set(voter, others + 1)
    try {
      const reply = await decide()
      if (!reply.ok && reply.refusal.reason === 'invite-invalid') saw('invite revoked on the way')
      if (reply.ok) {
        const { id, revision } = reply.value.ballot
        if (revision < (newest.get(id) ?? 0)) saw('late retry of an old revision')
        newest.set(id, Math.max(revision, newest.get(id) ?? 0))
      }
      return reply
    } finally {
      const left = (deciding.get(voter) ?? 1) - 1
      if (left === 0) deciding.delete(voter)
      else deciding.set(voter, left)
    }
  }

  const stand: Watched = {
    address,
    object,
    frozenAt: null,
    async ask(method, args, sentAt) {
      ground.note(() => `${boxName(address)} ← ${method} ${JSON.stringify(args).slice(0, 160)}`)
      const run = () => object.call((box) => dispatch(box, method, args))
      switch (method) {
        case 'cast': {
          const [request] = args as [CastRequest] // as the stub was called
          return cast(request, sentAt, () => object.call((box) => box.cast(request)))
        }
        case 'freeze': {
          if (deciding.size > 0) saw(joining > 0 ? 'join overtaken by freeze' : 'casts waiting at freeze')
          const [at, definition] = args as Parameters<BallotBoxRpc['freeze']>
          return object.call(async (box) => {
            const report = await box.freeze(at, definition)
            freezing ??= report.version
            return report
          })
        }
        case 'hold': {
          const empty = await run()
          held = empty === true
          if (!held) saw('edit meets ballots')
          return empty
        }
        case 'adopt':
          held = false
          return run()
        case 'erase': {
          if (deciding.size > 0) saw('erase meets casts')
          const outcome = await run()
          if (outcome === 'erased' && stand.frozenAt !== null) saw('erased after close')
          return outcome
        }
        case 'confirm': {
          const [, first] = args as Parameters<BallotBoxRpc['confirm']>
          if (first > cursors(object).archived + 1) saw('confirm out of order')
          return run()
        }
        case 'destroy':
          if (deciding.size > 0) saw('poll deleted under casts')
          return run()
        default:
          return run()
      }
    },
  }
  return stand
}

const cursors = ({ disk }: StatefulObject<Box>): { readonly archived: number; readonly frozen: boolean } => {
  if (!hasTables(disk.storage)) return { archived: 0, frozen: false }
  const [box] = disk.storage.all<{ archived: number; frozen: number }>('select archived, frozen from box')
  return { archived: box?.archived ?? 0, frozen: box?.frozen === 1 }
}
