// The world, parsed once: nothing after this page reads `env`. A Worker that is set up wrong says so in one sentence.
import { z } from 'zod'
import { logLevels } from '../telemetry/sinks/json-log.ts'

const environment = z.enum(['local', 'preview', 'staging', 'production'])

const common = {
  ENVIRONMENT: environment,
  LOG_LEVEL: z.enum(logLevels).default('info'),
}

const database = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_ENDPOINT: z.string().default(''),
}

const receiptKey = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' })
      return z.NEVER
    }
  })
  .pipe(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      d: z.string(),
      kid: z.string().min(1),
    }),
  )

const edge = z.object({
  ...common,
  ...database,
  UPSTASH_REDIS_REST_URL: z.url(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  ROOT_KEY: z.string().min(24),
  RECEIPT_KEY: receiptKey,
})

/** Milliseconds in a text variable, which may be missing or empty. */
const milliseconds = (fallback: number) =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined || text === '' ? fallback : Number(text)))
    .pipe(z.int().nonnegative())

const count = z.object({
  ...common,
  /** `single`: a commit takes one ballot and does not wait. The naive twin of benchmark B3; never in production. */
  BENCH_COMMIT: z.enum(['', 'group', 'single']).default(''),
  RESEND_AFTER_MS: milliseconds(60_000),
})

const archive = z.object({ ...common, ...database })

export const edgeConfig = (env: object) => parsed('edge', edge, env)
export const countConfig = (env: object) => parsed('count', count, env)
export const archiveConfig = (env: object) => parsed('archive', archive, env)

export type EdgeConfig = ReturnType<typeof edgeConfig>

const parsed = <Schema extends z.ZodType>(worker: string, schema: Schema, env: object): z.output<Schema> => {
  const result = schema.safeParse(env)
  if (result.success) return result.data
  // Names only: a value may be a secret.
  const wrong = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new Error(`the ${worker} Worker is not set up: ${wrong}`)
}
