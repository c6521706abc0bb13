// How an owner reads what they wrote, though a replica answers: a token from the write goes with the read.
import { carryReadAfter } from '../kernel/read-after.ts'

export interface WriteTokens {
  /** What a read must be given to see everything of this workspace that was written before now; null: no replica answers
   *  anybody, so that nothing need be named. */
  written(workspaceId: string, signal: AbortSignal): Promise<string | null>
}

/** From here on what is read by this signal is as new as this moment, whoever answers: a replica that has come so far, or the
 *  primary. So it is too where the primary does not say how far it is. */
export const readAsOfNow = async (
  { written }: WriteTokens,
  workspaceId: string,
  signal: AbortSignal,
): Promise<void> => {
  const token = await written(workspaceId, signal).catch(() => null)
  signal.throwIfAborted()
  carryReadAfter(signal, token)
}
