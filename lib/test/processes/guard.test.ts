import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { startGuard } from '../../src/processes/guard.ts';
import { isProcessAlive, isProcessGroupAlive } from '../../src/processes/process-status.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { waitUntil } from './wait-until.ts';

interface Started {
  readonly guard: number;
  readonly polite: number;
  readonly stubborn: number;
  readonly released: number;
  readonly directory: string;
  readonly log: string;
}

const leftovers: number[] = [];
const logs: string[] = [];
afterEach(async () => {
  for (const pid of leftovers.splice(0)) await stopProcess(pid, { processGroup: true, signal: 'SIGKILL' });
  for (const log of logs.splice(0)) rmSync(log, { force: true });
});

async function startOwner(...args: string[]): Promise<{ owner: ChildProcess; started: Started }> {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'guard-owner.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line', { signal: AbortSignal.timeout(10_000) })) as [string];
  const started = JSON.parse(line) as Started;
  logs.push(started.log);
  leftovers.push(started.polite, started.stubborn, started.released);
  return { owner, started };
}

async function expectCleanedUp({ guard, polite, stubborn, released, directory }: Started): Promise<void> {
  await waitUntil('the guard is gone', () => !isProcessAlive(guard));
  expect({ polite: isProcessGroupAlive(polite), stubborn: isProcessGroupAlive(stubborn), directory: existsSync(directory) }).toEqual({
    polite: false,
    stubborn: false,
    directory: false,
  });
  expect(isProcessGroupAlive(released)).toBe(true);
}

test('when the owner is killed, secrets are out of a log once what writes it has ended', async () => {
  const { owner, started } = await startOwner();
  await waitUntil('it has written', () => existsSync(started.log) && readFileSync(started.log, 'utf8') === 'hello secret-word\n');
  owner.kill('SIGKILL');
  await expectCleanedUp(started);
  expect(readFileSync(started.log, 'utf8')).toBe('hello ***\nbye ***\n');
});

test('when the owner is killed, what it protected is gone within 5 s', async () => {
  const { owner, started } = await startOwner();
  expect(isProcessGroupAlive(started.polite) && isProcessGroupAlive(started.stubborn) && existsSync(started.directory)).toBe(true);
  owner.kill('SIGKILL');
  await expectCleanedUp(started);
});

test('the guard does not keep its owner alive, and cleans up after it', async () => {
  const { owner, started } = await startOwner('leave');
  if (owner.exitCode === null) await once(owner, 'exit', { signal: AbortSignal.timeout(5000) });
  expect(owner.exitCode).toBe(0);
  await expectCleanedUp(started);
});

/** Whether the process has a handler for `signal`: proc_pid_status(5). */
function catches(pid: number, signal: NodeJS.Signals): boolean {
  const mask = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

test.runIf(process.platform === 'linux')('signals to the guard do not end it before its owner', async () => {
  const { owner, started } = await startOwner();
  // The last that the guard takes care of, and one that Node itself leaves alone.
  await waitUntil('the guard catches signals', () => catches(started.guard, 'SIGQUIT'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.kill(started.guard, signal);
  // Signals are delivered before the end of the channel is read: a guard that one of them ended would not clean up.
  expect(isProcessAlive(started.guard)).toBe(true);
  owner.kill('SIGKILL');
  await expectCleanedUp(started);
});

test('an owner that is killed at once, while the guard still starts, leaves nothing', async () => {
  const script = `
    import { spawn } from 'node:child_process';
    import { startGuard } from '${join(import.meta.dirname, '..', '..', 'src', 'processes', 'guard.ts')}';
    const guard = startGuard();
    const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    guard.protect(child.pid, { processGroup: true });
    console.log(child.pid);
    process.kill(process.pid, 'SIGKILL');`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line', { signal: AbortSignal.timeout(10_000) })) as [string];
  const pid = Number(line);
  leftovers.push(pid);
  await waitUntil('the process is gone', () => !isProcessGroupAlive(pid));
  expect(isProcessAlive(owner.pid ?? -1)).toBe(false);
});

test('disposing ends the guard and what is still protected', async () => {
  const guard = startGuard();
  const directory = mkdtempSync(join(tmpdir(), 'orchlab-guard-test-'));
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  guard.protect(child.pid ?? -1);
  guard.protectDirectory(directory);
  await guard[Symbol.asyncDispose]();
  expect(isProcessAlive(guard.pid)).toBe(false);
  expect(isProcessAlive(child.pid ?? -1)).toBe(false);
  expect(existsSync(directory)).toBe(false);
});

test('protecting with a guard that is gone is an error, not a false promise', async () => {
  await using guard = startGuard();
  process.kill(guard.pid, 'SIGKILL');
  const protect = (): void => guard.protect(process.pid);
  await waitUntil('the guard is known to be gone', () => throws(protect));
  expect(protect).toThrow('the guard process does not run, so nothing would end what this process starts');
});

function throws(action: () => void): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

test('a relative directory is refused', async () => {
  await using guard = startGuard();
  expect(() => guard.protectDirectory('data')).toThrow('expected an absolute path, got "data"');
});
