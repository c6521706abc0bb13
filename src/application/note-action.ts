import type { AuditEntry, AuditLog } from './audit-ports.ts'
import type { Report } from './events.ts'

interface Needs {
  readonly auditLog: Pick<AuditLog, 'add'>
  readonly report: Report
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
  /** Keeps the platform from ending what goes on after the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void
}

/** How long an answer waits for its entry, so that whoever reads the log next finds it. */
const patienceMs = 250
const ownMs = 5_000
/** What goes on after an answer has 30 s. */
const againAfterMs = [1_000, 5_000] as const

/** Writes an entry of something that is done. Never rejects and hardly waits: what was done is done. An entry that Postgres
 *  does not take after three attempts is told as an event, so that it is not lost. */
export const noteAction =
  ({ auditLog, report, pause, waitUntil }: Needs) =>
  async (entry: AuditEntry): Promise<void> => {
    const writing = write(auditLog, pause, entry).catch((error: unknown) =>
      report({ type: 'audit-failed', entry, error: String(error) }),
    )
    waitUntil(writing)
    const enough = new AbortController()
    await Promise.race([writing, pause(patienceMs, enough.signal).catch(() => undefined)])
    enough.abort()
  }

const write = async (
  auditLog: Pick<AuditLog, 'add'>,
  pause: Needs['pause'],
  entry: AuditEntry,
): Promise<void> => {
  for (const delayMs of againAfterMs) {
    try {
      return await auditLog.add(entry, AbortSignal.timeout(ownMs))
    } catch {
      await pause(delayMs, AbortSignal.timeout(2 * delayMs))
    }
  }
  await auditLog.add(entry, AbortSignal.timeout(ownMs))
}
