import { readFileSync } from 'node:fs';
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
