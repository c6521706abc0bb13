// A poll that was found to be its workspace's, for what reads an owner's rows: found as it is anywhere.
import { findOwned, type OwnedPoll } from '../../src/application/own-poll.ts'
import { aPoll } from './polls.ts'

export const ownedPollOf = async (id: string, workspaceId = 'ws_test'): Promise<OwnedPoll> => {
  const poll = { ...aPoll(), id, workspaceId }
  const pollBook = { find: async () => ({ poll, secret: new Uint8Array(32), revokedInvites: [] }) }
  const found = await findOwned(pollBook, { pollId: id, workspaceId }, new AbortController().signal)
  if (!found.ok) throw new Error(`${id} was not found`)
  return found.value.owned
}
