import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workspace } from '../config/workspace.ts';
import { isProcessAlive, readProcessStatus } from '../processes/process-status.ts';

const retryMs = 250;
/** Longer than an installation may take. */
const limitMs = 20 * 60_000;

/**
 * Runs `action` while no other process of this workspace does.
 *
 * A lock whose holder is gone is taken over. Throws when the lock could not be had within 20 minutes, or `signal` aborts.
 */
export async function withInstallLock<T>(workspace: Workspace, signal: AbortSignal | undefined, action: () => Promise<T>): Promise<T> {
  await mkdir(workspace.state, { recursive: true });
  const path = join(workspace.state, 'python-install.lock');
  const deadline = Date.now() + limitMs;
  while (!(await tryLock(path))) {
    signal?.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`${path}: another orchlab has been installing for 20 minutes; end it or delete the file`);
    await sleep(retryMs, undefined, signal && { signal });
  }
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  // Linked into place with its content, so that a lock always says who holds it.
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, `${process.pid} ${readProcessStatus(process.pid)?.startTime ?? ''}`);
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(own, { force: true });
  }
  const lock = await readFile(path, 'utf8').catch(() => '');
  if (isStale(lock)) await removeStaleLock(path, lock);
  return false;
}

/** Whether who took the lock is gone: no process has its pid, or one that began at another time. */
function isStale(lock: string): boolean {
  const [, pid, startTime] = /^(\d+) ?(.*)$/.exec(lock) ?? [];
  return pid !== undefined && !isProcessAlive(Number(pid), startTime === '' ? undefined : startTime);
}

/**
 * Removes the lock that holds `stale`, and no other: since it was read somebody else may have removed it, and taken the lock. So it is
 * put aside first, which only one can do, and looked at there.
 */
export async function removeStaleLock(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // somebody was quicker
    throw error;
  }
  try {
    if ((await readFile(aside, 'utf8')) === stale) return;
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // taken by a third one in between
    });
  } finally {
    await rm(aside, { force: true });
  }
}
