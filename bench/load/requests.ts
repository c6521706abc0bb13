// Turns a request template into request n, cheaply: the generator shares its cores with the server.
import type { RequestTemplate } from './plan.ts'

export interface NumberedRequest {
  readonly path: string
  /** Names and values in turn, as undici takes them fastest. */
  readonly headers: string[]
  readonly body: Buffer | null
}

/** A function from a request's number to that request. */
export const requestsOf = (template: RequestTemplate): ((number: number) => NumberedRequest) => {
  const path = numbered(template.path)
  const headers = Object.entries(template.headers).map(([name, value]) => [name, numbered(value)] as const)
  const bodies = template.bodies.map((body) => Buffer.from(body))
  return (number) => ({
    path: path(number),
    headers: headers.flatMap(([name, value]) => [name, value(number)]),
    body: bodies[number % bodies.length] ?? null,
  })
}

const numbered = (text: string): ((number: number) => string) => {
  const parts = text.split('{n}')
  return parts.length === 1 ? () => text : (number) => parts.join(String(number))
}
