// What an operation may say no with: one answer a status, named after the reasons it stands for.
import { type Problem, problems } from '../problems.ts'
import { headers, type ShownHeaders, unkept } from './headers.ts'
import type { Reason } from './schemas/problem.ts'

interface Reference {
  readonly $ref: string
}

/** The refusals by status, as references to `refusalOf`. */
export const refusals = (...reasons: readonly Reason[]): Readonly<Record<string, Reference>> => {
  const byStatus = new Map<number, Reason[]>()
  for (const reason of [...new Set(reasons)].sort()) {
    const { status } = problems[reason]
    byStatus.set(status, [...(byStatus.get(status) ?? []), reason])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, said]) => [status, { $ref: `${place}${status}.${said.join('.')}` }]),
  )
}

/** The answer a reference stands for, as a component; null: it is none of ours. */
export const refusalOf = (reference: string) => {
  if (!reference.startsWith(place)) return null
  const name = reference.slice(place.length)
  const [status = '', ...reasons] = name.split('.') as [string, ...Reason[]] // written above
  return { name, reasons, component: componentOf(Number(status), reasons) }
}

/** A problem document as it is sent, for examples. */
export const problemExample = (reason: Reason) => {
  const { status, title, detail }: Problem = problems[reason]
  return {
    type: `https://edgepoll.example/problems/${reason}`,
    title,
    status,
    detail,
    instance: 'urn:uuid:2f1c1c5e-6a3b-4d0e-9f57-0a1b2c3d4e5f',
    code: reason,
  }
}

const place = '#/components/responses/'

const componentOf = (status: number, reasons: readonly Reason[]) => ({
  description: reasons.map((reason) => `\`${reason}\`: ${problems[reason].title}.`).join('\n\n'),
  headers: headers(...unkept, ...(extraHeaders[status] ?? [])),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          {
            type: 'object' as const,
            properties: {
              status: { type: 'integer' as const, enum: [status] },
              code: { type: 'string' as const, enum: [...reasons] },
            },
          },
        ],
      },
      examples: Object.fromEntries(
        reasons.map((reason) => [reason, { $ref: `#/components/examples/${reason}` }]),
      ),
    },
  },
})

const extraHeaders: Readonly<Record<number, readonly ShownHeaders[]>> = {
  401: ['WWW-Authenticate'],
  415: ['Accept-Post', 'Accept-Patch'],
  426: ['Upgrade'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}
