import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { isProcessGroupAlive } from '../../../src/processes/process-status.ts';
import { stopProcess } from '../../../src/processes/stop-process.ts';
import { runCommand } from '../../../src/targets/described/run-command.ts';
import { waitUntil } from '../../processes/wait-until.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-run-command-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs a shell script and notes which groups are protected then. */
async function run(script: string, seconds = 10): Promise<{ readonly outcome: unknown; readonly left: readonly number[] }> {
  const left = new Set<number>();
  const protect = (pid: number) => {
    left.add(pid);
    return () => void left.delete(pid);
  };
  const outcome = await runCommand(['sh', '-c', script], { cwd: directory, env: { WHO: 'world' }, seconds, protect }).catch(
    (error: unknown) => error,
  );
  return { outcome, left: [...left] };
}

it('resolves with what was printed', async () => {
  expect(await run('echo "hello $WHO"; echo more >&2')).toEqual({ outcome: 'hello world\n', left: [] });
});

it('says how it failed, with the end of its output', async () => {
  expect(await run('echo hello; echo no such queue >&2; exit 7')).toEqual({
    outcome: new Error('ended with exit code 7:\n  hello\n  no such queue'),
    left: [],
  });
});

it('stops the whole group of one that takes too long', async () => {
  const { outcome, left } = await run('echo waiting; sleep 600; true', 0.5);
  expect(outcome).toEqual(new Error('took longer than 0.5 s:\n  waiting'));
  expect(left.map((pid) => isProcessGroupAlive(pid))).toEqual([false]);
});

it('does not wait for what left the group with its output', async () => {
  const { outcome } = await run(`setsid sh -c 'echo $$; exec sleep 600' & sleep 600`, 0.5);
  const [, pid] = /^Error: took longer than 0\.5 s:\n {2}(\d+)$/.exec(String(outcome)) ?? [];
  expect(isProcessGroupAlive(Number(pid))).toBe(true);
  await stopProcess(Number(pid), { processGroup: true, signal: 'SIGKILL' });
});

it('leaves nothing that was not guarded', async () => {
  const options = { cwd: directory, env: {}, seconds: 10 };
  let pid = -1;
  const protect = (group: number): never => {
    pid = group;
    throw new Error('the guard is gone');
  };
  await expect(runCommand(['sleep', '600'], { ...options, protect })).rejects.toThrow('the guard is gone');
  expect(isProcessGroupAlive(pid)).toBe(false);
});

it('ends with the process that runs it, also when that is killed', async () => {
  const file = join(directory, 'pid');
  const owner = spawn(process.execPath, [join(import.meta.dirname, '../fixtures/command-owner.ts'), file], { stdio: 'inherit' });
  await waitUntil('the command runs', () => existsSync(file));
  const pid = Number(readFileSync(file, 'utf8'));
  try {
    expect(isProcessGroupAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    await waitUntil('the command is gone', () => !isProcessGroupAlive(pid));
  } finally {
    await stopProcess(pid, { processGroup: true, signal: 'SIGKILL' });
  }
});
