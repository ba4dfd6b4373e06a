import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guard } from '../processes/guard.ts';

export interface TemporaryDirectory extends AsyncDisposable {
  /** Short: the path of a Unix socket has 107 characters at most. */
  readonly path: string;
}

/** Makes an empty directory that only this user can read; it is gone on disposal, and when this process is killed. */
export async function makeTemporaryDirectory(guard: Guard): Promise<TemporaryDirectory> {
  const path = join(tmpdir(), `orchlab-${randomBytes(6).toString('hex')}`);
  guard.protectDirectory(path);
  await mkdir(path, { mode: 0o700 });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
      guard.release(path);
    },
  };
}
