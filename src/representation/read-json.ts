// A request body that may only be JSON: what a page's own script sends.
import type { Result } from '../kernel/result.ts'
import { json } from './json.ts'
import { type BodyRefusal, readBody } from './read-body.ts'

export const readJson = (request: Request, limitBytes: number): Promise<Result<unknown, BodyRefusal>> =>
  readBody(request, limitBytes, [json])
