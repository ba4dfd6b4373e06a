import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const folders = {
  JUPYTER_CONFIG_DIR: 'config',
  JUPYTER_DATA_DIR: 'data',
  JUPYTER_RUNTIME_DIR: 'runtime',
  JUPYTERLAB_SETTINGS_DIR: 'settings',
  JUPYTERLAB_WORKSPACES_DIR: 'workspaces',
  IPYTHONDIR: 'ipython',
} as const;

/**
 * The environment in which Jupyter keeps all that it remembers below `directory`, and reads nothing of it from the home directory: a
 * password, a port or open files of another day would make each notebook run differently on each machine.
 */
export function jupyterState(directory: string): Readonly<Record<string, string>> {
  const paths = Object.entries(folders).map(([name, folder]) => [name, join(directory, folder)] as const);
  for (const [, path] of paths) mkdirSync(path, { recursive: true, mode: 0o700 });
  // What .venv brings, the kernel among it, comes before all else.
  return { ...Object.fromEntries(paths), JUPYTER_PREFER_ENV_PATH: '1' };
}

/** Where the Jupyter of a workspace keeps its state. */
export function jupyterDirectory(workspace: { readonly state: string }): string {
  return join(workspace.state, 'jupyter');
}
