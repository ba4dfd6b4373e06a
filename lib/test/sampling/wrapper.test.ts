import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { looksLikeWrapper } from '../../src/sampling/wrapper.ts';
import { waitUntil } from '../processes/wait-until.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
});

function start(command: string, ...args: readonly string[]): number {
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  started.push(child);
  return child.pid ?? -1;
}

const starts = (count: number): string =>
  `for (let i = 0; i < ${count}; i++) require('child_process').spawn('sleep', ['60']); setInterval(() => {}, 1000)`;

it.runIf(process.platform === 'linux')('knows a wrapper by its name, or by working less than its only child', async () => {
  const shell = start('sh', '-c', 'sleep 60; true');
  // It uses no CPU to speak of, its child does.
  const idle = start('python3', '-c', `import subprocess; subprocess.run(['sh', '-c', 'while :; do :; done'])`);
  const scheduler = start(process.execPath, '-e', starts(3));
  const lone = start('sleep', '60');
  await waitUntil('the shell is told', () => looksLikeWrapper(shell) !== undefined);
  expect(looksLikeWrapper(shell)).toMatch(/^is sh, which waits for `sleep 60` \(pid \d+\)$/);
  await waitUntil('the idle one is told', () => looksLikeWrapper(idle) !== undefined);
  expect(looksLikeWrapper(idle)).toMatch(/^used 0\.\d\d s of CPU, and its only child `sh -c .*` \(pid \d+\) \d+\.\d\d s$/);
  expect(looksLikeWrapper(scheduler)).toBeUndefined();
  expect(looksLikeWrapper(lone)).toBeUndefined();
});
