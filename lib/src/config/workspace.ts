import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where an orchlab workspace keeps its parts. */
export interface Workspace {
  readonly root: string;
  readonly configs: string;
  readonly results: string;
  readonly scripts: string;
  readonly notebooks: string;
  /** State of this machine that is neither a result nor to be committed. */
  readonly state: string;
}

/** The workspace is the nearest folder, from `from` upwards, that has a `perf-configs` folder; without one, `from` itself. */
export function findWorkspace(from = process.cwd()): Workspace {
  let root = resolve(from);
  while (!existsSync(join(root, 'perf-configs'))) {
    const parent = dirname(root);
    if (parent === root) {
      root = resolve(from);
      break;
    }
    root = parent;
  }
  return {
    root,
    configs: join(root, 'perf-configs'),
    results: join(root, 'perf-results'),
    scripts: join(root, 'test-scripts'),
    notebooks: join(root, 'notebooks'),
    state: join(root, '.orchlab'),
  };
}

/** Makes the state directory, which no other user can list and git does not see. */
export async function makeStateDirectory(stateDirectory: string): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o711 });
  await writeFile(join(stateDirectory, '.gitignore'), '*\n');
}
