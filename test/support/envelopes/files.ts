// What released versions said to each other, as it lies in test/data/envelopes: JSON, with bytes marked.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBallotMessage } from '../../../src/application/ballot-message.ts'
import { fromBase64Url, toBase64Url } from '../../../src/kernel/bytes.ts'
import type { Said } from '../local-counting.ts'

const root = join(import.meta.dirname, '..', '..', '..')
export const envelopesFolder = join(root, 'test', 'data', 'envelopes')

/** What a version understands. */
export interface Learnt {
  /** Versions of the message between box and archive. */
  readonly messages: readonly number[]
  /** Methods of the objects and of the archive's service. */
  readonly methods: Readonly<Record<Exclude<Said['to'], 'queue'>, readonly string[]>>
}

export interface Released {
  /** The file's name: the day it was recorded, and what it is. */
  readonly name: string
  readonly learnt: Learnt
  readonly said: readonly Said[]
}

/** Oldest first. */
export const released = (): readonly Released[] =>
  globSync('*.json', { cwd: envelopesFolder })
    .toSorted()
    .map((file) => {
      const text = readFileSync(join(envelopesFolder, file), 'utf8')
      return { name: file.replace(/\.json$/, ''), ...(JSON.parse(text, revived) as Omit<Released, 'name'>) } // by record.ts
    })

export const written = (release: Omit<Released, 'name'>): string => {
  const { learnt, said } = release
  // A line an envelope: what a release changed can be read in a diff.
  const lines = said.map((each) => `    ${JSON.stringify(each, marked)}`)
  return `{\n  "learnt": ${JSON.stringify(learnt)},\n  "said": [\n${lines.join(',\n')}\n  ]\n}\n`
}

const marked = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { $bytes: toBase64Url(value) } : value

const revived = (_name: string, value: unknown): unknown => {
  const { $bytes } = Object(value)
  return typeof $bytes === 'string' ? fromBase64Url($bytes) : value
}

/** What the sources as they are understand: `message` is one of theirs. */
export const learntNow = (message: object): Learnt => ({
  messages: Array.from({ length: 50 }, (_, v) => v).filter(
    (v) => openBallotMessage({ ...message, v }) !== null,
  ),
  methods: {
    box: methodsIn('workers/count/ballot-box.ts', 'BallotBox'),
    board: methodsIn('workers/count/scoreboard.ts', 'Scoreboard'),
    relay: methodsIn('workers/count/relay.ts', 'Relay'),
    archive: methodsIn('workers/archive/index.ts', 'ArchiveService'),
  },
})

/** What the platform calls, and no version of ours. */
const ofThePlatform = new Set(['constructor', 'alarm', 'webSocketMessage'])

/** What the class of a page can be asked: by its text, because only the platform can load it. */
const methodsIn = (file: string, name: string): readonly string[] => {
  const text = readFileSync(join(root, file), 'utf8')
  const [, body = ''] = new RegExp(`class ${name} [^]*?\\{\\n([^]*?)\\n\\}`).exec(text) ?? []
  return [...body.matchAll(/^ {2}(?:override )?(?:async )?([a-z]\w*)\(/gm)]
    .flatMap(([, method = '']) => method)
    .filter((method) => !ofThePlatform.has(method))
    .toSorted()
}
