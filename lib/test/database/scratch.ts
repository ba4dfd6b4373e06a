import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for one test, removed on disposal. */
export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

export async function makeScratch(mode = 0o755): Promise<Scratch> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'orchlab-test-')));
  await chmod(path, mode);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
