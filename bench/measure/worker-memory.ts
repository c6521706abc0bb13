// Memory of the Workers' runtime alone: of the processes below one, those that are workerd. Linux only.
import { readFileSync } from 'node:fs'
import { readTree } from './cpu.ts'

/** Resident bytes of every workerd below `root`. */
export const workerBytes = (root: number): number =>
  readTree(root).reduce((sum, { pid }) => sum + (nameOf(pid) === 'workerd' ? residentOf(pid) : 0), 0)

/** The most of it while `work` goes on, looked at ten times a second. */
export const mostWhile = async (root: number, work: () => Promise<void>): Promise<number> => {
  let most = workerBytes(root)
  const look = setInterval(() => {
    most = Math.max(most, workerBytes(root))
  }, 100)
  try {
    await work()
  } finally {
    clearInterval(look)
  }
  return Math.max(most, workerBytes(root))
}

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // ended between the listing and the reading
  }
}

const nameOf = (pid: number): string => read(pid, 'comm').trim()
const residentOf = (pid: number): number => Number(read(pid, 'statm').split(' ')[1] ?? 0) * pageBytes

const pageBytes = 4_096
