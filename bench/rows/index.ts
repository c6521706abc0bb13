// The rows that exist, in the matrix's order. A new row is one file here and one line below.
import type { Row } from '../row.ts'
import { admissionCost } from './admission-cost.ts'
import { b1 } from './b1.ts'
import { b2 } from './b2.ts'
import { b3 } from './b3.ts'
import { b4 } from './b4.ts'
import { b5 } from './b5.ts'
import { b6 } from './b6.ts'
import { b7 } from './b7.ts'
import { b8 } from './b8.ts'
import { b9 } from './b9.ts'
import { b10 } from './b10.ts'
import { b11 } from './b11.ts'
import { b12 } from './b12.ts'
import { b13 } from './b13.ts'
import { b14 } from './b14.ts'
import { b15 } from './b15.ts'
import { b16 } from './b16.ts'
import { ballotCost } from './ballot-cost.ts'
import { commitVsNoop } from './commit-vs-noop.ts'
import { exportRow } from './export.ts'
import { surge } from './surge.ts'

export const rows: readonly Row[] = [
  b1,
  b2,
  b3,
  commitVsNoop,
  ballotCost,
  b4,
  b5,
  b6,
  b7,
  b8,
  admissionCost,
  b9,
  b10,
  b11,
  b12,
  b13,
  b14,
  b15,
  b16,
  exportRow,
  surge,
]

/** The rows with these ids, in the matrix's order; all of them when none is named. Throws on an id that is no row's. */
export const chooseRows = (ids: readonly string[], all: readonly Row[] = rows): readonly Row[] => {
  const wanted = new Set(ids.map((id) => id.toUpperCase()))
  const unknown = [...wanted].filter((id) => !all.some((row) => row.id === id))
  if (unknown.length > 0) {
    const known = all.map(({ id, comparison }) => `\n  ${id.padEnd(4)} ${comparison}`).join('')
    throw new Error(`There is no row ${unknown.join(', ')}. The rows are:${known}`)
  }
  return wanted.size === 0 ? all : all.filter((row) => wanted.has(row.id))
}
