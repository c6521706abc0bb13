// Whose polls these are, for messages that do not say: asked of every database at once.
import type { pollPlaces } from '../archive/poll-places.ts'

/** Workspace by poll. Where one of the databases is away, what the others know. */
export const ownersOf =
  (places: readonly ReturnType<typeof pollPlaces>[]) =>
  async (pollIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
    const known = await Promise.allSettled(places.map(({ among }) => among(pollIds, signal)))
    return new Map(
      known
        .flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
        .map(({ pollId, workspaceId }) => [pollId, workspaceId]),
    )
  }
