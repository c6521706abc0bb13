// Has the archive's entrance and does nothing: whoever calls it tries again until the real one is there.
import { WorkerEntrypoint } from 'cloudflare:workers'

export class ArchiveService extends WorkerEntrypoint {
  async recordPoll() {
    throw new Error('the archive is not there yet')
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
