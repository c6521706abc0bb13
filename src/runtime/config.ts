// The world, parsed once: nothing after this page reads `env`. A Worker that is set up wrong says so in one sentence.
import * as z from 'zod'
import { logLevels } from '../telemetry/sinks/json-log.ts'
import { databasesOf, databaseVariables, judgeDatabases } from './database-config.ts'

const environment = z.enum(['local', 'preview', 'staging', 'production'])

/** Milliseconds in a text variable, which may be missing or empty. */
const milliseconds = (fallback: number) =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined || text === '' ? fallback : Number(text)))
    .pipe(z.int().nonnegative())

const headerPairs = (text: string, context: z.RefinementCtx): Readonly<Record<string, string>> => {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  const named = pairs.map((pair) => /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*([\x20-\x7e]*?)\s*$/.exec(pair))
  if (named.includes(null)) {
    context.addIssue({ code: 'custom', message: 'is not a list of name=value' })
    return z.NEVER
  }
  return Object.fromEntries(named.map((match) => [match?.[1] ?? '', decodeURIComponent(match?.[2] ?? '')]))
}

const common = {
  ENVIRONMENT: environment,
  LOG_LEVEL: z.enum(logLevels).default('info'),
  /** `off`: nothing is counted and `/metrics` knows nothing. The naive twin of benchmark B16. */
  EDGEPOLL_METRICS: z.enum(['', 'on', 'off']).default(''),
  /** How long an isolate counts for itself before it tells the Meter. */
  METRICS_FLUSH_MS: milliseconds(10_000),
  /** Where spans are sent: an OTLP collector over HTTP; empty: nowhere, and nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
  /** `name=value` pairs with commas between, as OpenTelemetry has them. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default('').transform(headerPairs),
  /** The share of requests that are traced from their beginning on. */
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .default('')
    .transform((text) => (text === '' ? 0.01 : Number(text)))
    .pipe(z.number().min(0).max(1)),
  /** What takes longer is traced whatever chance said. */
  OTEL_SLOW_MS: milliseconds(1_000),
}

/** `off`: nothing is turned away for there being too much. The naive twin of benchmark SURGE; never where people vote. */
const shedding = z.enum(['', 'on', 'off']).default('')

const webhooks = {
  /** The secrets of all webhooks are computed from it. */
  WEBHOOK_KEY: z.string().min(32),
  /** `1`: events may be sent to any address, this machine's too. For tests; never where people vote. */
  EDGEPOLL_TEST_WEBHOOKS: z.enum(['', '0', '1']).default(''),
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

const cloudflareDns = 'https://cloudflare-dns.com/dns-query'

const siteverify = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

/** Turnstile's published test secrets: they answer without a person. */
const alwaysPasses = '1x0000000000000000000000000000000AA'
const testSecret = /^[123]x0{20,}[0-9A-Za-z]*$/

const edge = z.object({
  ...common,
  ...databaseVariables,
  ...webhooks,
  UPSTASH_REDIS_REST_URL: z.url(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  ROOT_KEY: z.string().min(24),
  RECEIPT_KEY: receiptKey,
  TURNSTILE_URL: z
    .string()
    .transform((url) => url || siteverify)
    .default(siteverify)
    .pipe(z.url()),
  TURNSTILE_SECRET: z.string().default(alwaysPasses),
  /** `1`: a test may choose the address it comes from, in `CF-Connecting-IP`. */
  EDGEPOLL_TEST_ADDRESSES: z.enum(['', '0', '1']).default(''),
  EDGEPOLL_SHEDDING: shedding,
})

const count = z.object({
  ...common,
  /** `single`: a commit takes one ballot and does not wait, the naive twin of benchmark B3. `held`: the same, and the next
   *  comes 5 ms later, which makes a box of 200 ballots a second. */
  BENCH_COMMIT: z.enum(['', 'group', 'single', 'held']).default(''),
  RESEND_AFTER_MS: milliseconds(60_000),
  EDGEPOLL_SHEDDING: shedding,
})

const archive = z.object({
  ...common,
  ...databaseVariables,
  ...webhooks,
  /** Asked where a webhook's name leads, before each attempt: DNS over HTTPS with JSON answers. */
  DNS_URL: z
    .string()
    .transform((url) => url || cloudflareDns)
    .default(cloudflareDns)
    .pipe(z.url()),
})

/** Judged also where other values are wrong: whoever sets up an environment is told everything at once. */
const when = () => true

/** A variable that eases tests, and what it would do where people vote. */
const neverServed = <Name extends string>(
  name: Name,
  value: string,
  message: string,
): [
  (config: { readonly ENVIRONMENT: string } & Readonly<Record<Name, string>>) => boolean,
  { path: string[]; message: string; when: () => boolean },
] => [(config) => !isServed(config.ENVIRONMENT) || config[name] !== value, { path: [name], message, when }]

const protectsItself = neverServed('EDGEPOLL_SHEDDING', 'off', 'would let a surge drown everybody')
const guardsTargets = neverServed('EDGEPOLL_TEST_WEBHOOKS', '1', 'would send events to private addresses')

/** Outside local and preview nothing may stand in for the real thing. */
const served = edge
  .refine(
    ({ ENVIRONMENT, TURNSTILE_SECRET }) => !isServed(ENVIRONMENT) || !testSecret.test(TURNSTILE_SECRET),
    {
      path: ['TURNSTILE_SECRET'],
      message: 'is a published test secret, which lets everybody in',
      when,
    },
  )
  .refine(...neverServed('EDGEPOLL_TEST_ADDRESSES', '1', 'would let clients choose their address'))
  .refine(...protectsItself)
  .refine(...guardsTargets)
  .superRefine(judgeDatabases, { when })

const servedArchive = archive.refine(...guardsTargets).superRefine(judgeDatabases, { when })

/** A benchmark's slow box must not be anybody's real one. */
const servedCount = count
  .refine(...protectsItself)
  .refine(({ ENVIRONMENT, BENCH_COMMIT }) => !isServed(ENVIRONMENT) || ['', 'group'].includes(BENCH_COMMIT), {
    path: ['BENCH_COMMIT'],
    message: 'would make every box as slow as a benchmark wants it',
    when,
  })

const isServed = (name: string) => name === 'staging' || name === 'production'

export const edgeConfig = (env: object) => withDatabases(parsed('edge', served, env))
export const countConfig = (env: object) => parsed('count', servedCount, env)
export const archiveConfig = (env: object) => withDatabases(parsed('archive', servedArchive, env))

const withDatabases = <Config extends Parameters<typeof databasesOf>[0]>(config: Config) => ({
  ...config,
  databases: databasesOf(config),
})

export type EdgeConfig = ReturnType<typeof edgeConfig>

/** What is wrong with one variable: its name and why, never its value, which may be a secret. */
export interface Flaw {
  readonly name: string
  readonly message: string
}

/** What would keep a Worker from starting with these variables and secrets; nothing: it can start. */
export const flawsOf = (worker: 'edge' | 'count' | 'archive', env: object): readonly Flaw[] => {
  const result = { edge: served, count: servedCount, archive: servedArchive }[worker].safeParse(env)
  return result.success ? [] : flawsIn(result.error)
}

const flawsIn = ({ issues }: z.ZodError): readonly Flaw[] =>
  issues.map(({ path, message }) => ({ name: path.join('.'), message }))

const parsed = <Schema extends z.ZodType>(worker: string, schema: Schema, env: object): z.output<Schema> => {
  const result = schema.safeParse(env)
  if (result.success) return result.data
  const wrong = flawsIn(result.error).map(({ name, message }) => `${name}: ${message}`)
  throw new Error(`the ${worker} Worker is not set up: ${wrong.join('; ')}`)
}
