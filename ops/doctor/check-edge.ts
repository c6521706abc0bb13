// Whether the published API is well, and its clock is ours: polls open and close by it, and owners' tokens end by it.
import { type Finding, findingsOf } from './finding.ts'
import { ask, reasonOf, type World } from './world.ts'

const { wrong, unasked } = findingsOf('edge')
const clock = findingsOf('clock')

/** `Date` has whole seconds; beyond these two something is wrong with one of the clocks. */
const toleratedMs = 2_000

export const checkEdge = async (world: World): Promise<readonly Finding[]> => {
  const { EDGE_URL: url } = world.given
  if (!url) return [unasked('The API was not asked, nor its clock.', 'Set EDGE_URL to its address.')]
  try {
    const before = world.now()
    const answer = await ask(world, new URL('/readyz', url).href)
    const after = world.now()
    const said = await answer.text()
    return [...healthIn(answer.status, said), ...skewOf(answer.headers.get('date'), before, after)]
  } catch (error) {
    return [wrong(`${url} does not answer: ${reasonOf(error)}`, 'Publish the edge, or correct EDGE_URL.')]
  }
}

const healthIn = (status: number, said: string): readonly Finding[] => {
  if (status === 200 && /"status":\s*"pass"/.test(said)) return []
  return [wrong(`/readyz answers ${status} ${said.slice(0, 200)}`, 'Mend what it names, then ask again.')]
}

/** The answer was dated somewhere between question and answer, and up to a second before it was dated. */
const skewOf = (date: string | null, before: number, after: number): readonly Finding[] => {
  if (date === null) return [clock.unasked('The edge does not date its answers.', 'Ask it without a proxy.')]
  const theirs = Date.parse(date)
  const skewMs = theirs > after ? theirs - after : Math.min(0, theirs + 1_000 - before)
  if (Math.abs(skewMs) <= toleratedMs) return []
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  return [
    clock.wrong(
      `This machine's clock is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the edge's.`,
      'Set it by NTP: owners’ tokens made here would be refused, or live too long.',
    ),
  ]
}
