// The profile of a running stack: it names functions of ours as the sources do, in the file and in the flame graph.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CpuProfile, labelOf } from '../../bench/profile/cpu-profile.ts'

const out = mkdtempSync(join(tmpdir(), 'edgepoll-profiles-'))
afterAll(() => rmSync(out, { recursive: true, force: true }))

const profile = (...words: string[]) =>
  promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    'bench/profile.ts',
    ...words,
  ])

const functionsIn = (file: string): readonly string[] => {
  const { nodes } = JSON.parse(readFileSync(join(out, file), 'utf8')) as CpuProfile // the command wrote it
  return nodes.map(({ callFrame }) => labelOf(callFrame).replace(/:\d+$/, ''))
}
const flames = (file: string): string => readFileSync(join(out, file), 'utf8')

describe('npm run profile', () => {
  beforeAll(async () => {
    await profile('ballot', 'cached-read', '--seconds', '2', '--out', out)
  })

  it('says of the ballot what the verb, the route and the box took', () => {
    const ofEdge = [
      'castBallot › anonymous src/application/cast-ballot.ts',
      'cast src/http/routes/ballots.ts',
    ]
    const ofCount = ['cast src/ballot-box/box.ts', 'commitGroup src/ballot-box/commit-group.ts']
    expect(functionsIn('ballot-edge.cpuprofile')).toEqual(expect.arrayContaining(ofEdge))
    expect(functionsIn('ballot-count.cpuprofile')).toEqual(expect.arrayContaining(ofCount))
    for (const name of [...ofEdge, ...ofCount]) expect(flames('ballot.html')).toContain(name)
  })

  it('says of the cached read what the route and its answer took, and asks no object for it', () => {
    const ofEdge = ['results › anonymous src/http/routes/results.ts', 'respond src/http/respond.ts']
    expect(functionsIn('cached-read-edge.cpuprofile')).toEqual(expect.arrayContaining(ofEdge))
    for (const name of ofEdge) expect(flames('cached-read.html')).toContain(name)
    expect(readdirSync(out)).not.toContain('cached-read-count.cpuprofile')
  })

  it('draws a page that needs nothing from elsewhere', () => {
    expect(flames('ballot.html')).not.toMatch(/<(script|link)[^>]+(src|href)=|@import|url\(/)
  })

  it('says which scenarios there are when it is asked for another', async () => {
    await expect(profile('breakfast')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ballot, cached-read'),
    })
  })

  it('says what to do about a folder that cannot be made', async () => {
    const under = join(out, 'ballot.html', 'below-a-file')
    await expect(profile('ballot', '--out', under)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--out'),
    })
  })
})
