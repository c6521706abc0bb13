// Owners: each makes a poll, gives out invites, erases, revokes, closes in the middle of the surge, exports, deletes.
import type { ArchivedBallot } from '../../../src/domain/ballot/ballot.ts'
import type { PollDraft } from '../../../src/domain/poll/define-poll.ts'
import type { Poll, PollDefinition, Question } from '../../../src/domain/poll/poll.ts'
import { accept } from '../../../src/kernel/result.ts'
import { acknowledged, type OwnerRecord } from '../history.ts'
import type { Services } from '../world/edges.ts'
import { type Stage, until } from './stage.ts'

const workspaceId = 'ws_simulated'

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

type Done = Exclude<OwnerRecord['outcome'], null>
type Act = (services: Services, poll: Poll, signal: AbortSignal) => Promise<Done>

const own = (poll: Poll) => ({ pollId: poll.id, workspaceId })

const make = async ({ world, plan }: Stage): Promise<Poll> => {
  while (true) {
    try {
      const made = await world.edges.ask(({ createPoll }, signal) =>
        createPoll(
          { workspaceId, draft: plan.draft, open: plan.open, idempotencyKey: `make ${plan.name}` },
          signal,
        ),
      )
      if (!made.ok) throw new Error(JSON.stringify(made.refusal))
      return made.value
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

/** Repeats a request until it is answered. */
const insist = async (
  stage: Stage,
  poll: Poll,
  what: OwnerRecord['what'],
  about: OwnerRecord['about'],
  act: Act,
): Promise<OwnerRecord> => {
  const { world, history } = stage
  while (true) {
    const record: OwnerRecord = {
      what,
      pollId: poll.id,
      sentAt: world.schedule.now,
      answeredAt: Number.POSITIVE_INFINITY,
      about,
      outcome: null,
    }
    history.owners.push(record)
    try {
      record.outcome = await world.edges.ask((services, signal) => act(services, poll, signal))
      record.answeredAt = world.schedule.now
      world.note(() => `owner: ${JSON.stringify(record)}`)
      return record
    } catch {
      await world.schedule.pause(stage.chance.between(100, 2_000))
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
    const early = chance.happens(0.5)
    const at = early ? plan.surgeAt + chance.between(0, 1_800) : plan.surgeAt + chance.between(4_000, 40_000)
    await until(stage, at)
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

/** Its words at any time, its questions early: nobody may have voted, or somebody just about to. */
const edits = async (stage: Stage, poll: Poll): Promise<void> => {
  const { plan, chance } = stage
  if (plan.questionsAt !== null) {
    await until(stage, plan.questionsAt)
    const more = chance.happens(0.5)
    await insist(
      stage,
      poll,
      'edit',
      'questions',
      edit(stage, (definition) => ({
        ...definition,
        questions: definition.questions.map((question) => withOptions(question, more)),
      })),
    )
  }
  for (const [at, time] of plan.titlesAt.entries()) {
    await until(stage, time)
    const title = `${plan.draft.title}, edited ${at + 1} times`
    await insist(
      stage,
      poll,
      'edit',
      'title',
      edit(stage, (definition) => ({ ...definition, title })),
    )
  }
}

const edit =
  (stage: Stage, change: (definition: PollDefinition) => PollDraft): Act =>
  async ({ editPoll }, poll, signal) => {
    const edited = await editPoll(
      { ...own(poll), ifVersions: null, edit: (known) => accept(change(definitionOf(known))) },
      signal,
    )
    if (edited.ok) stage.poll = edited.value
    return edited.ok ? 'done' : 'refused'
  }

const definitionOf = (poll: Poll): PollDefinition => {
  const {
    id: _id,
    workspaceId: _workspace,
    shards: _shards,
    phase: _phase,
    archived: _archived,
    ...rest
  } = poll
  const { version: _version, createdAt: _createdAt, ...definition } = rest
  return definition
}

/** One option more at the end, or one less: what fits both is the same text. Doing it again changes nothing. */
const withOptions = (question: Question, more: boolean): Question => {
  if (question.type !== 'choice' || question.max > 1) return question
  const options = question.options.filter(({ id }) => id !== 'o3' || more)
  const last = more && options.every(({ id }) => id !== 'o9') ? [{ id: 'o9', label: 'One more' }] : []
  return { ...question, options: [...options, ...last] }
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

/** Exports while the archive is still behind, and again until it is not. */
export const exports = async ({ world, history }: Stage, poll: Poll): Promise<void> => {
  for (let tries = 0; tries < 20; tries++) {
    const sentAt = world.schedule.now
    try {
      const exported = await world.edges.ask(async ({ exportBallots }, signal) => {
        const done = await exportBallots(own(poll), signal)
        if (!done.ok) return null
        const rows: ArchivedBallot[] = []
        for await (const row of done.value.ballots) rows.push(row)
        return { ...done.value, ballots: rows }
      })
      if (exported !== null) {
        const { ballots: rows, archived, accepted } = exported
        history.exports.push({
          pollId: poll.id,
          sentAt,
          answeredAt: world.schedule.now,
          rows,
          archived,
          accepted,
        })
        return
      }
    } catch {
      // Asked in vain.
    }
    await world.schedule.pause(3_000)
  }
}

const deletes = async (stage: Stage, poll: Poll): Promise<void> => {
  if (stage.plan.deletesAt === null) return
  await until(stage, stage.plan.deletesAt)
  await insist(stage, poll, 'delete', null, async ({ deletePoll }, _poll, signal) =>
    (await deletePoll(own(poll), signal)).ok ? 'done' : 'refused',
  )
}
