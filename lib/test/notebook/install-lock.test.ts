import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeStaleLock, withInstallLock } from '../../src/notebook/install-lock.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

let workspace: TemporaryWorkspace;
let path: string;
beforeEach(() => {
  workspace = temporaryWorkspace();
  mkdirSync(workspace.state, { recursive: true });
  path = join(workspace.state, 'python-install.lock');
});
afterEach(() => workspace[Symbol.dispose]());

/** The pid of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

it('is held by one at a time, and taken over from one that is gone', async () => {
  writeFileSync(path, `${await endedPid()} 1`);
  let holders = 0;
  let most = 0;
  const hold = async (): Promise<void> =>
    withInstallLock(workspace, undefined, async () => {
      most = Math.max(most, ++holders);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      holders--;
    });
  await Promise.all([hold(), hold(), hold(), hold()]);
  expect(most).toBe(1);
  expect(readdirSync(workspace.state)).toEqual([]);
});

it('is taken over when another process has the pid of the one that is gone', async () => {
  writeFileSync(path, `${process.pid} 1`);
  expect(await withInstallLock(workspace, undefined, async () => 'held')).toBe('held');
});

it('is waited for as long as its holder lives', async () => {
  const interruption = new AbortController();
  await withInstallLock(workspace, undefined, async () => {
    const waiting = withInstallLock(workspace, interruption.signal, async () => expect.unreachable('two hold it'));
    interruption.abort();
    await expect(waiting).rejects.toThrow('aborted');
  });
});

it('is not removed by one who read the lock before it changed hands', async () => {
  writeFileSync(path, '2 new');
  await removeStaleLock(path, '1 old');
  expect(readFileSync(path, 'utf8')).toBe('2 new');
  await removeStaleLock(path, '2 new');
  await removeStaleLock(path, '2 new');
  expect(readdirSync(workspace.state)).toEqual([]);
});
