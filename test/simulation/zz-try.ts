import { simulate } from './run.ts'

const [from = 1, n = 1, share = 0.6, verbose] = process.argv.slice(2).map(Number)
let bad = 0
const t0 = performance.now()
const counts = new Map<string, number>()
const fired = new Map<string, number>()
const races = new Map<string, number>()
let ops = 0,
  least = 1e9,
  leastDup = 1,
  events = 0
for (let seed = from; seed < from + n; seed++) {
  const t = performance.now()
  const report = await simulate({
    seed,
    faultShare: share,
    ...(verbose
      ? {
          trace: (time: number, line: string) =>
            console.log(((time - Date.UTC(2026, 10, 24, 12)) / 1000).toFixed(3), line),
        }
      : {}),
  })
  if (report.findings.length || n < 4) {
    console.log(
      'seed',
      seed,
      'ops',
      report.operations,
      'voters',
      report.voters,
      'dup',
      report.duplicateVoters,
      'events',
      report.events,
      (performance.now() - t).toFixed(0),
      'ms',
      report.digest.slice(0, 8),
    )
    for (const f of report.findings.slice(0, 6))
      console.log('  ✗', f.invariant.slice(0, 40), '::', f.message.slice(0, 600))
    if (report.findings.length > 6) console.log('   …', report.findings.length)
  }
  if (report.findings.length) bad++
  ops += report.operations
  least = Math.min(least, report.operations)
  leastDup = Math.min(leastDup, report.duplicateVoters / report.voters)
  events += report.events
  for (const f of new Set(report.findings.map((f) => f.invariant))) counts.set(f, (counts.get(f) ?? 0) + 1)
  for (const f of report.faults) fired.set(f.fault, (fired.get(f.fault) ?? 0) + f.fired)
  for (const [r, c] of report.races) races.set(r, (races.get(r) ?? 0) + c)
}
console.log(
  'bad',
  bad,
  'of',
  n,
  ((performance.now() - t0) / n).toFixed(0),
  'ms a run',
  'ops',
  ops,
  'least',
  least,
  'dup',
  leastDup,
  'events',
  events / n,
)
console.log(counts)
if (process.env['TABLE'])
  console.log(
    [...fired].sort((a, b) => a[1] - b[1]),
    [...races].sort((a, b) => a[1] - b[1]),
  )
