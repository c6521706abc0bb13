// How every command here behaves: --help, complaints as one sentence and exit code 1, bugs with their stack.
import { Command } from 'commander'
import { Complaint } from './complaint.ts'

/** A command as `npm run` knows it; options are added by its file. */
export const command = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .showHelpAfterError()
    .helpOption('-h, --help', 'say what this does')

/** Runs a command line; sets the exit code. */
export const runCommand = async (program: Command): Promise<void> => {
  try {
    await program.parseAsync()
  } catch (error) {
    process.exitCode = 1
    console.error(error instanceof Complaint ? `\n${error.message}` : error)
  }
}

/** The environment variables every command shares, for its help. */
export const environmentHelp = `
Environment:
  PORT           the port of the API (8787)
  EDGEPOLL_DATA  the data folder (.edgepoll)
  DATABASE_URL   a Postgres of your own, instead of the embedded one
  DATABASE_URLS, DATABASE_READ_URL, DATABASE_READ_URLS, DATABASE_PINS
                 further databases and read replicas, as the Workers read them
  REDIS_URL      a Redis of your own, instead of redis-server on PATH or one in memory`
