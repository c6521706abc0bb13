// One Worker's source as one module, for the runtime of a benchmark.
import { join } from 'node:path'
import { build } from 'esbuild'

/** Bundles an entry and returns where the module is. `banner` comes before all of its code; an `external` map lies beside it. */
export const bundleWorker = async (
  entry: string,
  folder: string,
  name: string,
  banner = '',
  map: 'none' | 'external' = 'none',
): Promise<string> => {
  const outfile = join(folder, `${name}.mjs`)
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    banner: { js: banner },
    sourcemap: map === 'none' ? false : map,
    external: ['cloudflare:*', 'node:*'],
    logLevel: 'silent',
  })
  return outfile
}
