import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { isProcessGroupAlive } from '../../src/processes/process-status.ts';
import { SchedulerError } from '../../src/targets/scheduler-process.ts';
import { startSchedulerProcess } from '../../src/targets/scheduler-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-scheduler-process-'));
afterAll(() => rmSync(directory, { recursive: true }));

const { execPath } = process;
let started: number[];
beforeEach(() => {
  started = [];
});
afterEach(() => {
  process.execPath = execPath;
});

const options = {
  module: pathToFileURL(join(directory, 'none.js')),
  message: {},
  instance: 0,
  logDirectory: directory,
  protect(pid: number) {
    started.push(pid);
    return () => undefined;
  },
};

// What is no listener's error ends the test run.
it('says why a scheduler could not be started', async () => {
  process.execPath = join(directory, 'no-node');
  const starting = startSchedulerProcess(options);
  await expect(starting).rejects.toThrow(SchedulerError);
  await expect(starting).rejects.toThrow(
    /^scheduler 0 could not be started: spawn .*no-node ENOENT \(its output is in scheduler-0\.log\)$/,
  );
  expect(started).toEqual([]);
});

it('says that one ended before it was ready, also before it got its message', async () => {
  await expect(startSchedulerProcess(options)).rejects.toThrow('scheduler 0 ended with exit code 1 before it was ready');
  expect(started).toHaveLength(1);
});

it('leaves none that is not guarded', async () => {
  const protect = (pid: number): never => {
    started.push(pid);
    throw new Error('the guard is gone');
  };
  await expect(startSchedulerProcess({ ...options, protect })).rejects.toThrow('the guard is gone');
  expect(started.map((pid) => isProcessGroupAlive(pid))).toEqual([false]);
});
