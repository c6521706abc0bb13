// Whether Cloudflare knows the Turnstile secret. That it is no published test secret is asked of the configuration.
import { type Finding, findingsOf } from './finding.ts'
import { ask, reasonOf, type World } from './world.ts'

const { wrong, unasked } = findingsOf('turnstile')
const siteverify = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

export const checkTurnstile = async (world: World): Promise<readonly Finding[]> => {
  const secret = world.given['TURNSTILE_SECRET']
  if (!secret)
    return [unasked('Turnstile was not asked whether it knows the secret.', 'Set TURNSTILE_SECRET.')]
  try {
    const body = new URLSearchParams({ secret, response: 'nobody' })
    const answer = await ask(world, siteverify, { method: 'POST', body })
    const said: { readonly 'error-codes'?: readonly string[] } = await answer.json()
    // Nobody solved anything: “invalid-input-response” is how it says that the secret itself is fine.
    if (!said['error-codes']?.includes('invalid-input-secret')) return []
    return [wrong('Turnstile does not know TURNSTILE_SECRET.', 'Copy the secret key of the widget again.')]
  } catch (error) {
    return [unasked(`Turnstile does not answer: ${reasonOf(error)}`, 'Ask again from another network.')]
  }
}
