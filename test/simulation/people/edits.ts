// Owners who change their poll: its words at any time, its questions while nobody has voted.
import type { PollDraft } from '../../../src/domain/poll/define-poll.ts'
import type { Poll, PollDefinition, Question } from '../../../src/domain/poll/poll.ts'
import { accept } from '../../../src/kernel/result.ts'
import { type Act, insist, own } from './insist.ts'
import { type Stage, until } from './stage.ts'

/** Its words at any time, its questions early: nobody may have voted, or somebody just about to. */
export const edits = async (stage: Stage, poll: Poll): Promise<void> => {
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
