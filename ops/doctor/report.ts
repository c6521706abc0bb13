// The findings on one screen: what is wrong first, each with what to do, then what could not be asked.
import type { Finding } from './finding.ts'

export const report = (env: string, findings: readonly Finding[]): string => {
  const wrong = findings.filter(({ kind }) => kind === 'wrong')
  const unasked = findings.filter(({ kind }) => kind === 'unasked')
  const said = [
    ...wrong.flatMap((finding) => lines('✗', finding)),
    ...unasked.flatMap((finding) => lines('?', finding)),
  ]
  return [...said, ...(said.length > 0 ? [''] : []), verdict(env, wrong.length, unasked.length)].join('\n')
}

const lines = (sign: string, { check, what, remedy }: Finding): readonly string[] => [
  `${sign} ${check.padEnd(10)} ${what}`,
  `  ${''.padEnd(10)} → ${remedy}`,
]

const verdict = (env: string, wrong: number, unasked: number): string => {
  const rest = unasked === 0 ? '' : ` ${unasked} ${unasked === 1 ? 'thing' : 'things'} could not be asked.`
  return wrong === 0
    ? `Nothing is known to be wrong with ${env}.${rest}`
    : `${wrong} wrong with ${env}.${rest}`
}
