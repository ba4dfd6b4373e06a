import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workspace } from '../config/workspace.ts';

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
  const own = `${path}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(own, { force: true });
  }
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
