import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { boundLogs } from '../../src/experiment/bound-logs.ts';

it('a log that grows without end keeps its beginning and its end within the bound, and its writer goes on', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'orchlab-logs-'));
  const path = join(directory, 'scheduler-0.log');
  const child = spawn(
    process.execPath,
    [
      '-e',
      "console.log('the first line'); setInterval(() => console.log('x'.repeat(1000)), 1); process.on('SIGTERM', () => { console.log('the last line'); process.exit(7); });",
    ],
    { stdio: ['ignore', openSync(path, 'a'), 'inherit'] },
  );
  try {
    const bound = boundLogs(directory, 40_000, 20_000);
    await vi.waitFor(() => expect(readFileSync(path, 'utf8').match(/bytes left out here/g)?.length).toBeGreaterThan(0), {
      timeout: 20_000,
      interval: 50,
    });
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    await bound[Symbol.asyncDispose]();
    // Neither SIGPIPE nor EPIPE: it ended as it wanted to.
    expect(code).toBe(7);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^the first line\nx/);
    expect(text).toMatch(/\n\[orchlab: \d+ bytes left out here, as the log had grown beyond 40000\]\n/);
    expect(statSync(path).size).toBeLessThan(41_000);
    expect(await bound.warnings()).toEqual([
      expect.stringMatching(/^scheduler-0\.log grew beyond 0 MB: \d+ MB of it were left out, and whatever metrics were in them\.$/),
    ]);
  } finally {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});
