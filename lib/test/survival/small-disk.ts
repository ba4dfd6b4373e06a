import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../src/errors/error-reason.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

/** Why no disk of a few megabytes can be had; undefined where it can: by root, where mounting is allowed. */
export const mountReason = ((): string | undefined => {
  using probe = temporaryWorkspace();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.root], { stdio: 'ignore' });
    execFileSync('umount', [probe.root]);
    return undefined;
  } catch {
    return 'a small disk can be mounted by root only';
  }
})();

/** Takes all that is left of a disk. */
export function fill(directory: string): void {
  const file = openSync(join(directory, 'filler'), 'w');
  try {
    for (const size of [64 * 1024, 512, 1]) {
      const bytes = Buffer.alloc(size);
      try {
        while (writeSync(file, bytes) > 0);
      } catch (error) {
        if (codeOf(error) !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}
