// The name under which a repeat of a request draws what the first one drew.
import type { DrawName } from '../application/draw-again.ts'
import { hash } from '../kernel/hash.ts'
import { presentedKey } from './presented-key.ts'

export const drawNameOf = (headers: Headers, idempotencyKey: string | null): DrawName =>
  idempotencyKey === null ? null : hash('draw-name', presentedKey(headers) ?? '', idempotencyKey)
