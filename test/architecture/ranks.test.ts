// The law of the house: knowledge moves left. A room imports only rooms of lower rank, never a neighbour of its own.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

const ranks: Readonly<Record<string, number>> = {
  kernel: 0,
  domain: 1,
  application: 2,
  'ballot-box': 3,
  scoreboard: 3,
  relay: 3,
  archive: 3,
  cache: 3,
  admission: 3,
  resilience: 3,
  representation: 3,
  receipts: 3,
  register: 3,
  delivery: 3,
  telemetry: 3,
  http: 4,
  runtime: 5,
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        name.endsWith('.ts') && !/(\.(d|generated)|_pb)\.ts$/.test(name) && !name.includes('node_modules'),
    )
    .map((name) => join(folder, name))

/** Static, dynamic and type imports alike: an import of a type upward is still an import. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].flatMap(
    ([, name]) => name ?? [],
  )

const roomOf = (file: string): string | null => /^src\/([^/]+)\//.exec(file)?.[1] ?? null

const sources = filesIn('src')
const local = sources.flatMap((file) =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => ({ file, target: relative(root, join(root, dirname(file), name)) })),
)

describe('the law of ranks', () => {
  it('gives every room of src a rank', () => {
    const rooms = new Set(sources.map(roomOf))
    expect([...rooms].filter((room) => room === null || ranks[room] === undefined)).toEqual([])
  })

  it('lets a room import only rooms of lower rank', () => {
    const broken = local.filter(({ file, target }) => {
      const from = roomOf(file)
      const to = roomOf(target)
      if (from === null || to === null) return true
      return from !== to && (ranks[to] ?? 99) >= (ranks[from] ?? -1)
    })
    expect(broken.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
  })

  it('keeps Workers to runtime, http and the cores of their objects', () => {
    const allowed =
      /^(src\/(runtime|http)\/|src\/(ballot-box|scoreboard|relay|telemetry\/meter)\/|src\/application\/|src\/domain\/|src\/kernel\/|workers\/)/
    const broken = filesIn('workers').flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(root, join(root, dirname(file), name)))
        .filter((target) => !allowed.test(target))
        .map((target) => `${file} imports ${target}`),
    )
    expect(broken).toEqual([])
  })
})

describe('what may be imported from outside', () => {
  const packages = [...sources, ...filesIn('workers')].flatMap((file) =>
    importsOf(file)
      .filter((name) => !name.startsWith('.'))
      .map((name) => ({ file, name })),
  )
  const only = (pattern: RegExp, where: RegExp) =>
    packages
      .filter(({ file, name }) => pattern.test(name) && !where.test(file))
      .map(({ file, name }) => `${file}: ${name}`)

  it.each([
    ['the platform', /^cloudflare:/, /^workers\//],
    ['SQL', /^drizzle-orm/, /^src\/archive\//],
    ['the Postgres driver', /^@neondatabase\//, /^src\/archive\//],
    ['Redis', /^@upstash\//, /^src\/(admission|cache|runtime)\//],
    ['Hono', /^hono/, /^src\/http\//],
    ['zod', /^zod/, /^src\/(representation|http|runtime|archive|delivery)\//],
    ['MessagePack', /^@msgpack\//, /^src\/representation\//],
    ['Protocol Buffers', /^@bufbuild\//, /^src\/representation\//],
    ['Connect', /^@connectrpc\//, /^src\/http\//],
    ['zod-openapi', /^@hono\/zod-openapi/, /^src\/http\/openapi\//],
    ['node', /^node:/, /^src\/kernel\//],
  ])('%s only where it belongs', (_what, pattern, where) => {
    expect(only(pattern, where)).toEqual([])
  })

  it('leaves what makes the API’s document out of the edge, which serves a file', () => {
    const makers = /^src\/http\/openapi\//
    const broken = local.filter(({ file, target }) => makers.test(target) && !makers.test(file))
    expect(broken).toEqual([])
  })
})

describe('time, chance and the console', () => {
  const code = (file: string) =>
    readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

  it.each([
    ['the wall clock', /Date\.now\(|new Date\(\)|performance\.now\(/, /^src\/kernel\/clock\.ts$/],
    ['chance', /Math\.random\(|getRandomValues\(/, /^src\/kernel\/random\.ts$/],
    ['the console', /console\./, /^src\/telemetry\/sinks\//],
  ])('%s is read in one place', (_what, pattern, where) => {
    const broken = [...sources, ...filesIn('workers')].filter(
      (file) => pattern.test(code(file)) && !where.test(file),
    )
    expect(broken).toEqual([])
  })

  it('keeps the domain free of async', () => {
    const broken = sources.filter(
      (file) => file.startsWith('src/domain/') && /\basync\b|\bawait\b|Promise</.test(code(file)),
    )
    expect(broken).toEqual([])
  })
})

describe('names', () => {
  it('has no attic', () => {
    expect(sources.filter((file) => /(^|\/)(utils?|helpers?|common|misc|lib)(\/|\.ts$)/.test(file))).toEqual(
      [],
    )
  })
})
