// Secrets that a Worker starts without, and is published with where the variable is set.
import { optionalSecrets as databaseSecrets } from '../../src/runtime/database-config.ts'

/** Of each Worker: where spans are sent, with which key, and the share of requests that is traced. */
export const tracingSecrets = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_TRACES_SAMPLER_ARG',
] as const

/** `required`: those of the Worker's configuration. */
export const optionalSecretsOf = (required: readonly string[]): readonly string[] =>
  required.includes('DATABASE_URL') ? [...databaseSecrets, ...tracingSecrets] : tracingSecrets
