// How an owner reads what they wrote, though a replica answers: a token from the write goes with the read.

export interface WriteTokens {
  /** What a read must be given to see everything of this workspace that was written before now; null: no replica answers
   *  anybody, so that nothing need be named. */
  written(workspaceId: string, signal: AbortSignal): Promise<string | null>
}
