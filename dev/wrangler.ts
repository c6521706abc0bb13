// How wrangler is run here: by its own file, quietly, asking nobody and telling nobody.
import { join } from 'node:path'
import type { DataFolder } from './data-folder.ts'
import { projectRoot } from './settings.ts'

export const wranglerScript = join(projectRoot, 'node_modules', 'wrangler', 'bin', 'wrangler.js')

/** The environment of a wrangler whose files stay in the data folder. */
export const wranglerEnvironment = (folder: DataFolder): NodeJS.ProcessEnv => ({
  ...process.env,
  CI: '1',
  NO_COLOR: '1',
  DO_NOT_TRACK: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'log',
  WRANGLER_LOG_PATH: join(folder.logs, 'wrangler'),
  // Workers of another clone carry the same names; a registry of our own keeps them apart.
  WRANGLER_REGISTRY_PATH: folder.registry,
})
