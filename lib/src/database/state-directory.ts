import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Where the shared server is remembered: `.orchlab/` of the workspace that `from` is in.
 *
 * That is the nearest directory upwards with an `.orchlab/`, else the nearest with a `perf-configs/`, else `from` itself.
 */
export function findStateDirectory(from: string = process.cwd()): string {
  const start = resolve(from);
  const root = nearestWith(start, '.orchlab') ?? nearestWith(start, 'perf-configs') ?? start;
  return join(root, '.orchlab');
}

function nearestWith(from: string, name: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    if (existsSync(join(directory, name))) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

/** Makes the state directory, which no other user can list and git does not see. */
export async function makeStateDirectory(stateDirectory: string): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o711 });
  await writeFile(join(stateDirectory, '.gitignore'), '*\n');
}
