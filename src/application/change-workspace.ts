import type { Workspace, WorkspaceChange, Workspaces } from './ports.ts'

interface Needs {
  readonly workspaces: Pick<Workspaces, 'find' | 'change'>
}

/** The workspace as it is; null: no such workspace. */
export const readWorkspace =
  ({ workspaces }: Needs) =>
  (workspaceId: string, signal: AbortSignal): Promise<Workspace | null> =>
    workspaces.find(workspaceId, signal)

/** The workspace as it is now; null: no such workspace. A retention that grows shorter holds for polls that closed long
 *  ago too: the next round deletes them. */
export const changeWorkspace =
  ({ workspaces }: Needs) =>
  (workspaceId: string, change: WorkspaceChange, signal: AbortSignal): Promise<Workspace | null> =>
    workspaces.change(workspaceId, change, signal)
