import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive } from '../processes/process-status.ts';

/** What a running Postgres writes of itself to postmaster.pid in its data directory. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads postmaster.pid; undefined when there is none, or when its process is gone or is no Postgres on this data directory. */
export function readPostmasterFile(dataDirectory: string): PostmasterFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isProcessAlive(pid) || !isPostgresOn(pid, dataDirectory)) return undefined;
  // Lines 4 and 8: src/include/utils/pidfile.h of Postgres.
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Removes a postmaster.pid whose process is another program by now, which Postgres would take for a running Postgres.
 *
 * One whose process is gone is left to Postgres, which also looks for what that process may have left running.
 */
export function removeStalePostmasterFile(dataDirectory: string): void {
  const path = join(dataDirectory, 'postmaster.pid');
  const pid = existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : Number.NaN;
  if (isProcessAlive(pid) && !isPostgresOn(pid, dataDirectory)) rmSync(path, { force: true });
}

/** A pid is used again after a crash or a restart of the machine, so that a living process proves nothing. */
function isPostgresOn(pid: number, dataDirectory: string): boolean {
  if (process.platform !== 'linux') return true; // Connecting with the password will tell.
  try {
    // The command line, not /proc/<pid>/cwd: that one is closed to root in a container when Postgres runs as another user.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataDirectory);
  } catch {
    return false;
  }
}
