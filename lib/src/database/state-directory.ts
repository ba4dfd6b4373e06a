import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes the state directory, which no other user can list and git does not see. */
export async function makeStateDirectory(stateDirectory: string): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o711 });
  await writeFile(join(stateDirectory, '.gitignore'), '*\n');
}
