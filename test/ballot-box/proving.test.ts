// The proof that a ballot is in the log: anybody can recompute it, and nothing in it can be changed unseen.
import { describe, expect, test } from 'vitest'
import type { InclusionProof, PublicEntry } from '../../src/application/ports.ts'
import { firstHead, leafOf, nextHead } from '../../src/ballot-box/log.ts'
import { aBox, type BoxStand, taken } from '../support/boxes.ts'
import { aDefinition } from '../support/polls.ts'

/** The chain hash that a proof leads to, computed from nothing but what is public. */
const headOf = ({
  entry,
  previous,
  leaves,
}: Pick<InclusionProof, 'entry' | 'previous' | 'leaves'>): string => {
  return [publicLeaf(entry), ...leaves].reduce(nextHead, previous)
}

const publicLeaf = (entry: PublicEntry): string =>
  leafOf({ ...entry, castAt: Date.parse(entry.castAt) }, entry.ballotId)

const aLog = async (ballots: number): Promise<BoxStand> => {
  const stand = aBox({
    definition: aDefinition({ revisions: 'until-close' }),
    settings: { checkpointAfterMs: 10_000 },
  })
  for (let at = 0; at < ballots; at += 20) {
    for (let each = at; each < Math.min(at + 20, ballots); each++) void stand.cast(`voter ${each}`)
    await stand.time.advance(5)
  }
  return stand
}

describe('a proof', () => {
  test('leads from every ballot to the checkpoint after it', async () => {
    const stand = await aLog(50)
    await stand.box.checkpoint(stand.address)
    for (const seq of [1, 2, 20, 21, 49, 50]) {
      const proof = await stand.box.prove(stand.address, seq)
      expect(proof?.checkpoint).toEqual({ ...stand.address, seq: 50, head: expect.any(String) })
      expect(proof && headOf(proof)).toBe(proof?.checkpoint?.head)
    }
  })

  test('begins, for the first entry, where the chain of the shard begins', async () => {
    const stand = await aLog(3)
    expect((await stand.box.prove(stand.address, 1))?.previous).toBe(firstHead(stand.address))
  })

  test('of a revised ballot is of its newest revision', async () => {
    const stand = await aLog(3)
    const revised = taken(await stand.castNow('voter 0', { where: ['sushi'] }))
    const proof = await stand.box.prove(stand.address, 1)
    expect(proof?.entry).toMatchObject({
      kind: 'revise',
      ballotId: revised.id,
      revision: 2,
      seq: 4,
      commitment: revised.commitment,
    })
  })

  test('of an erased ballot is of its erasure, before the close and after it', async () => {
    const stand = await aLog(3)
    await stand.box.erase(stand.address, 1)
    expect((await stand.box.prove(stand.address, 1))?.entry).toMatchObject({ kind: 'erase', seq: 4 })
    await stand.box.freeze(stand.address, {
      ...stand.definition,
      poll: { ...stand.definition.poll, phase: 'closing', version: 2 },
    })
    await stand.box.erase(stand.address, 2)
    expect((await stand.box.prove(stand.address, 1))?.entry).toMatchObject({ kind: 'erase', seq: 4 })
    const late = await stand.box.prove(stand.address, 2)
    expect(late?.entry).toMatchObject({ kind: 'erase', seq: 5 })
  })

  test('is none for what is no ballot', async () => {
    const stand = await aLog(3)
    await stand.castNow('voter 0', { where: ['sushi'] })
    for (const seq of [0, 4, 5, -1]) expect(await stand.box.prove(stand.address, seq)).toBeNull()
  })

  test('has at most the 255 leaves there can be before a checkpoint', async () => {
    const stand = await aLog(300)
    const proof = await stand.box.prove(stand.address, 1)
    expect(proof?.leaves).toHaveLength(255)
    expect(proof?.checkpoint?.seq).toBe(256)
    expect(proof && headOf(proof)).toBe(proof?.checkpoint?.head)
  })
})

describe('a checkpoint', () => {
  test('is made by itself at every 256th entry', async () => {
    const stand = await aLog(520)
    const seqs = stand.storage
      .all<{ seq: number }>('select seq from checkpoint order by seq')
      .map(({ seq }) => seq)
    expect(seqs).toEqual([256, 512])
  })

  test('is made at every 256th entry also where that is an erasure', async () => {
    const stand = await aLog(255)
    await stand.box.erase(stand.address, 9)
    await stand.castNow('another')
    const seqs = stand.storage.all<{ seq: number }>('select seq from checkpoint').map(({ seq }) => seq)
    expect(seqs).toEqual([256])
  })

  test('is made on demand, at most once in its time however often one asks', async () => {
    const stand = await aLog(3)
    const first = await stand.box.checkpoint(stand.address)
    await stand.castNow('another')
    expect(await stand.box.checkpoint(stand.address)).toEqual(first)
    await stand.time.advance(10_000)
    expect((await stand.box.checkpoint(stand.address))?.seq).toBe(4)
  })

  test('of an empty log is none', async () => {
    const stand = aBox()
    expect(await stand.box.checkpoint(stand.address)).toBeNull()
  })
})

describe('the log as others read it', () => {
  test('comes in pages that join without gap or overlap', async () => {
    const stand = await aLog(45)
    const seqs: number[] = []
    for (let after: number | null = 0; after !== null; ) {
      const page = await stand.box.log(stand.address, after, 7)
      seqs.push(...page.entries.map(({ seq }) => seq))
      after = page.next
    }
    expect(seqs).toEqual(Array.from({ length: 45 }, (_, at) => at + 1))
  })

  test('chains from the first hash to where the log stands', async () => {
    const stand = await aLog(45)
    const { entries, standing } = await stand.box.log(stand.address, 0, 100)
    const [first, ...rest] = entries
    if (first === undefined) throw new Error('an empty log')
    const leaves = rest.map(publicLeaf)
    expect(headOf({ entry: first, previous: firstHead(stand.address), leaves })).toBe(standing.head)
    expect(standing.seq).toBe(45)
  })

  test('says nothing of voters or answers', async () => {
    const stand = await aLog(2)
    const { entries } = await stand.box.log(stand.address, 0, 10)
    for (const entry of entries)
      expect(Object.keys(entry).toSorted()).toEqual([
        'ballotId',
        'castAt',
        'commitment',
        'kind',
        'revision',
        'seq',
        'shard',
      ])
  })
})
