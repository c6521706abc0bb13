// Ids, times and hashes, as every document writes them.
import { z } from '@hono/zod-openapi'

export const pollId = z
  .string()
  .regex(/^poll_[0-9a-hjkmnp-tv-z]{26}$/)
  .describe('The poll’s id.')

export const ballotId = z
  .string()
  .regex(/^bal_[0-9a-hjkmnp-tv-z]{26}$/)
  .describe('The ballot’s id: it cannot be guessed and shows no order.')

/** RFC 3339 in UTC. */
export const time = z.iso.datetime()

export const shard = z.int().min(0).max(255).describe('Which of the poll’s boxes.')

export const seq = z.int().min(1).describe('Position in the shard’s log, from 1, without gaps.')

/** SHA-256. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/)

export const jws = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)

export const count = z.int().min(0)
