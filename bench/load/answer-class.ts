// Which kind of answer a request got: the unit everything is counted in.

/** `200` or `201`; `replay`; `409 already-voted` or `503 overloaded` (status and problem code); `timeout`; `network-error`. */
export type AnswerClass = string

export interface AnswerHead {
  readonly status: number
  /** Whether the answer carried `Idempotency-Replayed: true`. */
  readonly replayed: boolean
}

/** The class of an answer that arrived whole. `problemCode` is the `code` of a problem document, if it was one. */
export const classOfAnswer = ({ status, replayed }: AnswerHead, problemCode: string | null): AnswerClass => {
  if (status < 400) return replayed ? 'replay' : String(status)
  return problemCode === null ? String(status) : `${status} ${problemCode}`
}

/** The class of a request that got no whole answer. */
export const classOfFailure = (error: unknown): AnswerClass =>
  timeoutCodes.has(codeOf(error)) ? 'timeout' : 'network-error'

/** Whether a ballot counted under this class is durable: a fresh yes, or the replay of one. */
export const isAccepted = (answer: AnswerClass): boolean => answer === 'replay' || /^2\d\d$/.test(answer)

/** How many answers of a count were accepted. */
export const acceptedIn = (answers: Readonly<Record<AnswerClass, number>>): number =>
  Object.entries(answers).reduce((sum, [answer, count]) => (isAccepted(answer) ? sum + count : sum), 0)

/** The `code` of a problem document, or null when the body is none. */
export const problemCodeOf = (contentType: string, body: string): string | null => {
  if (!contentType.includes('problem+json')) return null
  try {
    const { code } = JSON.parse(body) as { readonly code?: unknown } // checked on the next line
    return typeof code === 'string' ? code : null
  } catch {
    return null
  }
}

const timeoutCodes = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
])

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
