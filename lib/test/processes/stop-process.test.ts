import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { isProcessAlive, isProcessGroupAlive, readProcessStatus } from '../../src/processes/process-status.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { waitUntil } from './wait-until.ts';

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) await stopProcess(child, { processGroup: true, signal: 'SIGKILL' });
});

/** A shell in a process group of its own, once it has printed `ready`. */
async function startShell(script: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(5000) });
  return child as typeof child & { pid: number };
}

describe('stopProcess', () => {
  test('a process that obeys has stopped', async () => {
    const child = await startShell('echo ready; exec sleep 600');
    expect(await stopProcess(child)).toEqual({ how: 'stopped', signal: 'SIGTERM' });
    expect(isProcessAlive(child.pid)).toBe(false);
  });

  test('its exit code is told', async () => {
    const child = await startShell("trap 'exit 7' INT; echo ready; while :; do sleep 0.02; done");
    expect(await stopProcess(child, { signal: 'SIGINT' })).toEqual({ how: 'stopped', exitCode: 7 });
  });

  test('one that does not obey is killed, not before the grace time is over', async () => {
    const child = await startShell("trap '' TERM; echo ready; while :; do sleep 0.02; done");
    const startMs = performance.now();
    expect(await stopProcess(child, { processGroup: true, graceMs: 200 })).toEqual({ how: 'killed', signal: 'SIGKILL' });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(200);
    expect(isProcessGroupAlive(child.pid)).toBe(false);
  });

  test('a group is stopped though its leader has ended', async () => {
    const child = await startShell('sleep 600 & echo ready');
    await waitUntil('the leader has ended', () => child.exitCode === 0);
    expect(isProcessGroupAlive(child.pid)).toBe(true);
    expect(await stopProcess(child.pid, { processGroup: true })).toEqual({ how: 'stopped' });
    expect(isProcessGroupAlive(child.pid)).toBe(false);
  });

  test('a process that has ended is gone', async () => {
    const child = await startShell('echo ready; exit 3');
    await waitUntil('it has ended', () => child.exitCode === 3);
    expect(await stopProcess(child)).toEqual({ how: 'gone', exitCode: 3 });
  });

  test('another process with the same pid is left alone', async () => {
    const child = await startShell('echo ready; exec sleep 600');
    expect(await stopProcess(child.pid, { processGroup: true, startTime: '1' })).toEqual({ how: 'gone' });
    expect(isProcessAlive(child.pid)).toBe(true);
  });

  test.each([0, 1, -1])('pid %i is refused', async (pid) => {
    await expect(stopProcess(pid)).rejects.toThrow(`expected the pid of a process of ours, got ${pid}`);
  });
});

describe('readProcessStatus', () => {
  test('of this process', () => {
    const status = readProcessStatus(process.pid);
    expect(status).toMatchObject({ pid: process.pid, parentPid: process.ppid, zombie: false });
    expect(isProcessAlive(process.pid, status?.startTime)).toBe(true);
    expect(isProcessAlive(process.pid, 'another')).toBe(false);
  });

  test('ps, for systems without /proc, says the same', async () => {
    const child = await startShell('echo ready; exec sleep 600');
    await waitUntil('it sleeps', () => readProcessStatus(child.pid)?.name === 'sleep');
    const { startTime: _, ...expected } = readProcessStatus(child.pid) ?? { startTime: '' };
    const platform = process.platform;
    try {
      Object.defineProperty(process, 'platform', { value: 'darwin' });
      expect(readProcessStatus(child.pid)).toMatchObject({ ...expected, sessionId: Number.NaN });
      expect(isProcessGroupAlive(child.pid)).toBe(true);
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });

  test('a zombie is not alive', async () => {
    // The shell does not collect `true` while it sleeps.
    const child = await startShell('sh -c "echo \\$\\$; exec true" & exec sleep 600');
    await waitUntil('its child is a zombie', () => zombiesOf(child.pid).length === 1);
    expect(isProcessAlive(zombiesOf(child.pid)[0] ?? -1)).toBe(false);
  });

  test('no such process', () => expect(readProcessStatus(2 ** 30)).toBeUndefined());
});

function zombiesOf(parentPid: number): number[] {
  const found: number[] = [];
  for (let pid = parentPid; pid < parentPid + 50; pid += 1) {
    const status = readProcessStatus(pid);
    if (status?.parentPid === parentPid && status.zombie) found.push(pid);
  }
  return found;
}
