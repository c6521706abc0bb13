import { defects } from './defects.ts'
import { simulate } from './run.ts'

for (const [name, { parts }] of Object.entries(defects)) {
  const by = new Map<string, number>()
  let red = 0,
    sample = ''
  for (let seed = 1; seed <= 12; seed++) {
    const { findings } = await simulate({ seed, parts })
    if (findings.length) red++
    for (const f of new Set(findings.map((f) => f.invariant.split(' ')[0] ?? '')))
      by.set(f, (by.get(f) ?? 0) + 1)
    sample ||= findings[0]?.message.slice(0, 200) ?? ''
  }
  console.log(name, red, 'of 12', Object.fromEntries(by), sample)
}
