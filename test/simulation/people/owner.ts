// Owners: each makes a poll, gives out invites, erases, revokes, closes in the middle of the surge, exports, deletes.
import type { Poll } from '../../../src/domain/poll/poll.ts'
import { acknowledged } from '../history.ts'
import type { Services } from '../world/edges.ts'
import { edits } from './edits.ts'
import { exports } from './exports.ts'
import { type Act, insist, own, workspaceId } from './insist.ts'
import { type Stage, until } from './stage.ts'

export const owner = async (stage: Stage): Promise<void> => {
  const { plan, chance, world } = stage
  await until(stage, chance.between(0, 400))
  const poll = await make(stage)
  if (plan.invites > 0) await invite(stage, poll)
  stage.poll = poll
  if (!plan.open) {
    await until(stage, chance.between(1_500, 5_000))
    await insist(stage, poll, 'open', null, change({ kind: 'open' }))
  }
  await Promise.all([
    erases(stage, poll),
    revokes(stage, poll),
    edits(stage, poll),
    closes(stage, poll),
    deletes(stage, poll),
    chance.happens(0.3) ? world.schedule.pause(12_000).then(() => archives(stage, poll)) : null,
  ])
}

const make = async ({ world, plan }: Stage): Promise<Poll> => {
  while (true) {
    try {
      const made = await world.edges.ask(({ createPoll }, signal) =>
        createPoll(
          {
            workspaceId,
            plan: 'enterprise',
            draft: plan.draft,
            open: plan.open,
            idempotencyKey: `make ${plan.name}`,
          },
          signal,
        ),
      )
      if (!made.ok) throw new Error(JSON.stringify(made.refusal))
      return made.value.poll
    } catch (error) {
      if (String(error).includes('poll-invalid')) throw error
      await world.schedule.pause(300)
    }
  }
}

const invite = async (stage: Stage, poll: Poll): Promise<void> => {
  while (stage.codes.length === 0) {
    try {
      const issued = await stage.world.edges.ask(({ issueInvites }, signal) =>
        issueInvites({ ...own(poll), count: stage.plan.invites }, signal),
      )
      if (issued.ok) {
        stage.codes = issued.value.codes
        stage.firstSerial = issued.value.first
      }
    } catch {
      await stage.world.schedule.pause(300)
    }
  }
}

const change =
  (wanted: Parameters<Services['changePoll']>[0]['change']): Act =>
  async ({ changePoll }, poll, signal) =>
    (await changePoll({ ...own(poll), change: wanted }, signal)).ok ? 'done' : 'refused'

const archives = (stage: Stage, poll: Poll) => insist(stage, poll, 'open', null, change({ kind: 'archive' }))

/** Some in the surge, some after the close; each of a ballot that its voter holds a receipt for. */
const erases = async (stage: Stage, poll: Poll): Promise<void> => {
  const { chance, plan, history, world } = stage
  const erased = new Set<string>()
  for (let count = 0; count < plan.erasures; count++) {
    await until(stage, eraseAt(stage))
    const cast = acknowledged(history.casts).filter(
      ({ ballot }) => ballot.pollId === poll.id && !erased.has(ballot.id),
    )
    if (cast.length === 0) continue
    const { id } = chance.pick(cast).ballot
    erased.add(id)
    await insist(stage, poll, 'erase', id, async ({ eraseBallot }, _poll, signal) =>
      (await eraseBallot({ ...own(poll), ballotId: id }, signal)).ok ? 'done' : 'refused',
    )
    await world.schedule.pause(chance.between(0, 1_500))
  }
}

const eraseAt = ({ chance, plan: { surgeAt, closesAt } }: Stage): number => {
  if (chance.happens(0.4)) return surgeAt + chance.between(4_000, 40_000)
  if (closesAt !== null && chance.happens(0.5)) return closesAt + chance.between(-20, 60)
  return surgeAt + chance.between(0, 1_800)
}

const revokes = async (stage: Stage, poll: Poll): Promise<void> => {
  const { chance, plan } = stage
  for (let count = 0; count < plan.revocations; count++) {
    await until(stage, plan.surgeAt + chance.between(-600, 1_500))
    const serial = stage.firstSerial + chance.below(plan.voters)
    await insist(stage, poll, 'revoke', serial, change({ kind: 'revoke-invite', serial }))
  }
}

const closes = async (stage: Stage, poll: Poll): Promise<void> => {
  const { plan, world, history } = stage
  if (plan.closesAt === null) return
  await until(stage, plan.closesAt)
  while (true) {
    const { outcome, answeredAt } = await insist(
      stage,
      poll,
      'close',
      null,
      async ({ closePoll }, _poll, signal) => {
        const closed = await closePoll(own(poll), signal)
        if (!closed.ok) return 'refused'
        return closed.value.final ? 'done' : 'closing'
      },
    )
    const waiting = history.casts.some(
      ({ intent, end, sentAt }) => intent.pollId === poll.id && end === null && sentAt < answeredAt,
    )
    if (outcome === 'done' && waiting) world.saw('close with casts in flight')
    if (outcome !== 'closing') break
    await world.schedule.pause(1_000)
  }
  await exports(stage, poll)
}

const deletes = async (stage: Stage, poll: Poll): Promise<void> => {
  if (stage.plan.deletesAt === null) return
  await until(stage, stage.plan.deletesAt)
  await insist(stage, poll, 'delete', null, async ({ deletePoll }, _poll, signal) =>
    (await deletePoll(own(poll), signal)).ok ? 'done' : 'refused',
  )
}
