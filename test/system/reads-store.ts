// The key-value storage of a running stack of several processes, from outside: what a test puts into it is what a slow
// replica would still tell.
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_readConfig as readConfig } from 'wrangler'
import { dataFolderAt } from '../../dev/data-folder.ts'
import { configPathOf } from '../../dev/worker-names.ts'

export interface Reads {
  get(key: string): Promise<string | null>
  put(key: string, value: string): Promise<void>
  close(): Promise<void>
}

/** Joins the stack that runs on a data folder, as one more process beside its edges. */
export const openReads = async (folder: string): Promise<Reads> => {
  const { state, registry, root } = dataFolderAt(folder)
  const config = readConfig({ config: configPathOf('edge') }, { hideWarnings: true })
  const id = config.kv_namespaces[0]?.id ?? ''
  const options = convertV4MiniflareOptions({
    name: 'reads-store',
    modules: true,
    script: 'export default { fetch: () => new Response(null, { status: 404 }) }',
    kvNamespaces: { READS: id },
    resourcePersistencePath: join(state, 'v3'),
    isolatedResourcePersistencePath: join(root, 'reads-store'),
    unsafeDevRegistryPath: registry,
    log: new Log(LogLevel.WARN),
  })
  const miniflare = new Miniflare({ ...options, unsafeEnableSharedStorage: true })
  const store = await miniflare.getKVNamespace('READS')
  return {
    get: (key) => store.get(key, 'text'),
    put: (key, value) => store.put(key, value),
    close: () => miniflare.dispose(),
  }
}
