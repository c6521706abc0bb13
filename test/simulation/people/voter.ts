// Voters: each does one thing that people and their programs do, and insists on it as they would.
import type { Poll } from '../../../src/domain/poll/poll.ts'
import type { Intent, VoterFacts } from '../history.ts'
import { someAnswers } from './answers.ts'
import { intend, type Meant, ownWords, persist, post, unsettled } from './cast.ts'
import { type Stage, staged, until } from './stage.ts'

/** One voter's whole life. */
export const voter = async (stage: Stage, number: number): Promise<void> => {
  const { chance, plan } = stage
  await until(stage, arrival(stage))
  const poll = await staged(stage)
  const facts = factsOf(stage, poll, number)
  const ways = poll.revisions === 'until-close' ? revisableWays : fixedWays
  const way =
    facts.voterId === null && plan.name !== 'invite' && plan.name !== 'account' ? once : chance.pick(ways)
  await way(stage, poll, facts)
}

/** Most come in the surge, some just when the poll closes, a few early, some after everything. */
const arrival = ({ chance, plan: { surgeAt, closesAt } }: Stage): number => {
  if (chance.happens(0.1)) return chance.between(20_000, 80_000)
  if (closesAt !== null && chance.happens(0.15)) return closesAt + chance.between(-10, 60)
  return chance.happens(0.25) ? chance.between(1_000, surgeAt) : surgeAt + chance.between(-700, 1_800)
}

type Way = (stage: Stage, poll: Poll, facts: VoterFacts) => Promise<void>

const mean = (
  stage: Stage,
  poll: Poll,
  facts: VoterFacts,
  { key = true, ...changes }: Partial<Meant> & { readonly key?: boolean } = {},
): Intent =>
  intend(stage, poll, {
    voter: facts,
    idempotencyKey: key ? `key ${stage.history.intents.length}` : null,
    answers: someAnswers(poll.questions, ownWords(stage), stage.chance),
    revisionOnly: false,
    ...changes,
  })

const patience = ({ chance }: Stage) => (chance.happens(0.12) ? 1 : 4 + chance.below(10))

/** Votes, perhaps looks, perhaps sends the same again much later. */
const once: Way = async (stage, poll, facts) => {
  const { chance } = stage
  const nameless = facts.voterId === null && facts.inviteCode === null && facts.voterToken === null
  const intent = mean(stage, poll, facts, { key: chance.happens(nameless ? 0.7 : 0.5) })
  const safe = !nameless || intent.idempotencyKey !== null
  await persist(stage, intent, safe ? patience(stage) : 1)
  if (chance.happens(0.5)) await find(stage, intent)
  if (safe && chance.happens(0.4)) await later(stage, intent)
}

/** Presses twice: two equal requests at the same time. */
const twice: Way = async (stage, poll, facts) => {
  const intent = mean(stage, poll, facts, { key: stage.chance.happens(0.5) })
  const ends = await Promise.all([post(stage, intent), afterAMoment(stage, () => post(stage, intent))])
  if (ends.some(unsettled)) await persist(stage, intent, patience(stage))
  await find(stage, intent)
}

/** Votes in two tabs, differently, at the same time. */
const rivals: Way = async (stage, poll, facts) => {
  const [one, other] = [mean(stage, poll, facts), mean(stage, poll, facts)]
  await Promise.all([
    persist(stage, one, patience(stage)),
    afterAMoment(stage, () => persist(stage, other, patience(stage))),
  ])
  await find(stage, one)
  if (stage.chance.happens(0.5)) await later(stage, one)
}

/** Two programs of one voter send the same answers under different keys. */
const twins: Way = async (stage, poll, facts) => {
  const one = mean(stage, poll, facts)
  const other = mean(stage, poll, facts, { answers: one.answers })
  await Promise.all([persist(stage, one, patience(stage)), persist(stage, other, patience(stage))])
  await find(stage, other)
}

/** Changes their mind, by POST or PUT, and an old request comes again at the end. */
const revises: Way = async (stage, poll, facts) => {
  const { chance } = stage
  const first = mean(stage, poll, facts)
  await persist(stage, first, patience(stage))
  const changes = 1 + chance.below(3)
  for (let made = 0; made < changes; made++) {
    await stage.world.schedule.pause(chance.between(0, 900))
    const revision = mean(stage, poll, facts, { revisionOnly: chance.happens(0.4) })
    await persist(stage, revision, patience(stage))
    if (chance.happens(0.5)) await find(stage, revision)
  }
  await later(stage, first)
  await find(stage, first)
}

/** Uses one key for two different ballots. */
const reusesKey: Way = async (stage, poll, facts) => {
  const first = mean(stage, poll, facts)
  await persist(stage, first, patience(stage))
  await post(stage, mean(stage, poll, facts, { idempotencyKey: first.idempotencyKey }))
  await find(stage, first)
}

/** Sends a ballot of their own under a key that somebody else uses. */
const borrowsKey: Way = async (stage, poll, facts) => {
  const { chance, history } = stage
  const others = history.intents.filter(({ pollId, voter }) => pollId === poll.id && voter !== facts)
  const key = others.length === 0 ? 'key 0' : chance.pick(others).idempotencyKey
  await persist(stage, mean(stage, poll, facts, { idempotencyKey: key ?? 'key 0' }), patience(stage))
}

/** Sends what does not fit, or changes a ballot that is not there, and then does it right. */
const errs: Way = async (stage, poll, facts) => {
  const { chance } = stage
  if (chance.happens(0.5))
    await post(stage, mean(stage, poll, facts, { answers: { nothing: ownWords(stage) } }))
  else await post(stage, mean(stage, poll, facts, { revisionOnly: true }))
  await persist(stage, mean(stage, poll, facts), patience(stage))
}

const fixedWays: readonly Way[] = [once, once, once, twice, twice, rivals, twins, reusesKey, borrowsKey, errs]
const revisableWays: readonly Way[] = [
  once,
  twice,
  rivals,
  rivals,
  revises,
  revises,
  revises,
  reusesKey,
  borrowsKey,
  errs,
]

const afterAMoment = async <Done>({ world, chance }: Stage, act: () => Promise<Done>): Promise<Done> => {
  await world.schedule.pause(chance.between(0, 15))
  return act()
}

const later = async (stage: Stage, intent: Intent): Promise<void> => {
  await stage.world.schedule.pause(stage.chance.between(500, 30_000))
  await post(stage, intent)
}

/** Reads the own ballot; what cannot be asked is not recorded. */
const find = async ({ world, history }: Stage, intent: Intent): Promise<void> => {
  const sentAt = world.schedule.now
  const { pollId, voter: facts, idempotencyKey } = intent
  try {
    const own = await world.edges.ask(({ readOwnBallot }, signal) =>
      readOwnBallot({ pollId, ...facts, idempotencyKey, challengeToken: null }, signal),
    )
    if (!own.ok && own.refusal.reason !== 'ballot-not-found') return
    history.finds.push({ intent, sentAt, answeredAt: world.schedule.now, own: own.ok ? own.value : null })
  } catch {
    // Asked in vain.
  }
}

/** Who they are: alone, one of a house that shares an address, with a code that is good, forged or missing. */
const factsOf = ({ chance, plan, codes }: Stage, poll: Poll, number: number): VoterFacts => {
  const facts = {
    voterId: `voter-${plan.name}-${number}`,
    address: `192.0.2.${number}`,
    inviteCode: null,
    voterToken: null,
  }
  switch (poll.dedupe.by) {
    case 'ip': {
      const house = Math.floor(number / (poll.dedupe.limit + 1))
      return { ...facts, address: `198.51.100.${house}`, voterId: chance.happens(0.7) ? facts.voterId : null }
    }
    case 'none':
      return { ...facts, voterId: chance.happens(0.6) ? facts.voterId : null }
    case 'invite': {
      if (chance.happens(0.05)) return facts
      const inviteCode = chance.happens(0.05) ? '0000-0000-0000-0000-0000' : (codes[number] ?? null)
      return { ...facts, voterId: null, inviteCode }
    }
    case 'account':
      return { ...facts, voterId: null, voterToken: `subject ${number}` }
    default:
      return facts
  }
}
