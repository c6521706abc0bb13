// zod's findings as the faults we answer with: RFC 6901 pointers and a sentence.
import type { ZodError } from 'zod'
import type { Fault } from '../domain/refusal.ts'
import { mostFaults, pointerTo } from '../kernel/pointer.ts'

export const faultsOf = (error: ZodError): readonly Fault[] =>
  error.issues
    .flatMap((issue) => {
      const path = issue.path.map(String)
      if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(path), detail: issue.message }]
      return issue.keys.map((key) => ({ pointer: pointerTo([...path, key]), detail: 'is not known here' }))
    })
    .slice(0, mostFaults)
