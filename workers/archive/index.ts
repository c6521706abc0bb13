import { WorkerEntrypoint } from 'cloudflare:workers'
export class ArchiveService extends WorkerEntrypoint {}
export default {
  fetch: () => new Response(null, { status: 404 }),
  async queue(batch: MessageBatch): Promise<void> {
    batch.ackAll()
  },
}
