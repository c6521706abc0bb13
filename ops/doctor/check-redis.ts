// Whether the Redis that quotas are leased from is there and lets us in.
import { type Finding, findingsOf } from './finding.ts'
import { ask, reasonOf, type World } from './world.ts'

const { wrong, unasked } = findingsOf('redis')

export const checkRedis = async (world: World): Promise<readonly Finding[]> => {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = world.given
  if (!url || !token)
    return [unasked('Redis was not asked.', 'Set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN.')]
  try {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const answer = await ask(world, url, { method: 'POST', headers, body: '["PING"]' })
    if (answer.ok) return []
    return [
      wrong(
        `Redis answers ${answer.status}.`,
        'Copy URL and token again from REST API in the Upstash console.',
      ),
    ]
  } catch (error) {
    return [wrong(`Redis does not answer: ${reasonOf(error)}`, 'Check UPSTASH_REDIS_REST_URL.')]
  }
}
