// Memory of a process and all its descendants, from /proc.
import { readFileSync } from 'node:fs'
import { readTree } from './cpu.ts'

/** Resident bytes of the tree below `root`. What the processes share is counted once for each. Linux only. */
export const residentBytes = (root: number): number =>
  readTree(root).reduce((sum, { pid }) => sum + residentOf(pid), 0)

const residentOf = (pid: number): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes
  } catch {
    return 0 // ended between the listing and the reading
  }
}

const pageBytes = 4_096
