// What every refusal looks like.
import { expect } from 'vitest'
import { type Answer, origin } from './api.ts'

/** That an answer is a problem document as RFC 9457 wants it, and ours. */
export const expectProblem = (answer: Answer, status: number, code: string): void => {
  expect([answer.status, answer.json.code]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.json).toMatchObject({
    type: `${origin}/problems/${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  })
  expect(answer.headers.get('x-request-id')).toBe(`req_${answer.json.instance.slice('urn:uuid:'.length)}`)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
}
