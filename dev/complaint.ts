// What can go wrong on this machine, each as one sentence that says what to do about it.

/** A failure a person can act on; it is printed without a stack. Anything else thrown in dev/ is a bug and keeps its stack. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
}

export const portInUse = (port: number) =>
  new Complaint(
    `Port ${port} is in use: stop what listens there, or choose another with PORT=${nextPort(port)}.`,
  )

export const folderUnwritable = (folder: string, reason: string) =>
  new Complaint(
    `The data folder ${folder} cannot be written (${reason}): choose another with EDGEPOLL_DATA=/some/folder.`,
  )

export const postgresUnsupported = (platform: string) =>
  new Complaint(
    `There is no embedded Postgres for ${platform}: run a Postgres 18 of your own and name it with DATABASE_URL=postgres://user:password@host/database.`,
  )

export const postgresFailed = (reason: string) =>
  new Complaint(
    `The embedded Postgres did not start (${reason}): run "npm run reset" to begin anew, or use a Postgres of your own with DATABASE_URL=.`,
  )

export const postgresClosedFolder = (folder: string, user: string) =>
  new Complaint(
    `Postgres must not run as root, and the user "${user}" may not enter ${folder}: move the clone to a folder open to all, or use a Postgres of your own with DATABASE_URL=.`,
  )

export const postgresUnreachable = (url: string, reason: string) =>
  new Complaint(
    `Postgres does not answer at DATABASE_URL=${withoutPassword(url)} (${reason}): start it, correct the address, or unset DATABASE_URL to use the embedded one.`,
  )

export const redisUnreachable = (url: string, reason: string) =>
  new Complaint(
    `Redis does not answer at REDIS_URL=${withoutPassword(url)} (${reason}): start it, correct the address, or unset REDIS_URL.`,
  )

export const alreadyRunning = (folder: string, command: string, pid: number) =>
  new Complaint(
    `"${command}" is already running on ${folder} (pid ${pid}): stop it first, or use another folder with EDGEPOLL_DATA= and another PORT=.`,
  )

export const childDied = (name: string, how: string, lastLines: readonly string[]) =>
  new Complaint(
    [
      `${name} ended unexpectedly (${how}), so everything was stopped.`,
      ...lastLines.map((line) => `  | ${line}`),
    ].join('\n'),
  )

/** A connection string that may be printed. */
export const withoutPassword = (url: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null) return '(not a URL)'
  if (parsed.password !== '') parsed.password = '***'
  return parsed.href
}

const nextPort = (port: number) => (port < 65_535 ? port + 1 : 8787)
