// The shape of `POST /v1/workspaces`.
import * as z from 'zod'
import { plans } from '../application/ports.ts'

export const workspaceBody = z.strictObject({
  name: z.string().min(1).max(200),
  plan: z.enum(plans).default('free'),
})
