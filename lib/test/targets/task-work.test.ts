import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { drawnSeconds } from '../../src/config/task-duration.ts';
import { evidenceLine } from '../../src/experiment/read-evidence.ts';
import { isFailing, taskDigest } from '../../src/random/task-draw.ts';
import { taskEnvironment } from '../../src/targets/described/task-plan.ts';
import { executeTask } from '../../src/targets/execute-task.ts';

const scripts = join(import.meta.dirname, '../../../test-scripts');

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'orchlab-work-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

it('draws in a shell what it draws in TypeScript: how long, whether it fails, and how often', () => {
  const directory = temporary();
  const config = createConfig({
    workflows: 1,
    tasks_per_workflow: 1,
    duration: { lognormal: { median: 0.02, sigma: 1 } },
    work: { failing_share: 0.5, failing_attempts: 2, payload_bytes_out: 50 },
  });
  const evidencePath = join(directory, 'evidence.txt');
  const environment = taskEnvironment({
    config,
    temporaryDirectory: directory,
    task: { executor: 'inline', duration: 0, evidencePath },
  } as never);
  const outcomes = Array.from({ length: 3 }, () =>
    Array.from({ length: 6 }, (_, index) => {
      const own = { ...process.env, ...environment, run_id: 'run é', task_index: `${index}`, EXECUTION_ID: 'x' };
      const { status, stdout } = spawnSync(join(scripts, 'perf-task.sh'), { env: own, encoding: 'utf8' });
      expect(stdout).toMatch(new RegExp(String.raw`^ORK_OUTPUT:\{"task_index": ${index}, "payload": "[\w-]{50}"\}\n$`));
      return status;
    }),
  );
  const fails = Array.from({ length: 6 }, (_, index) => (isFailing(taskDigest('run é', index), 0.5) ? 1 : 0));
  expect(new Set(fails)).toEqual(new Set([0, 1]));
  expect(outcomes).toEqual([fails, fails, [0, 0, 0, 0, 0, 0]]);
  const ends = readFileSync(evidencePath, 'utf8')
    .split('\n')
    .flatMap((line) => evidenceLine(line) ?? [])
    .filter(({ end }) => end);
  expect(ends.map(({ end }) => (end?.outcome === 'failed' ? 1 : 0))).toEqual([...fails, ...fails, 0, 0, 0, 0, 0, 0]);
  for (const { runId, taskIndex, end } of ends) {
    const workMs = (end?.endedMs ?? 0) - (end?.beganMs ?? 0);
    expect(runId).toBe('run é');
    // date tells whole milliseconds, before a few processes more than the sleep.
    expect(workMs).toBeGreaterThanOrEqual(1000 * drawnSeconds(config.duration, runId, taskIndex) - 1);
  }
});

it('computes for as long as it is asked to, by its CPU time, and returns as much', async () => {
  const spec = {
    duration: 0.05,
    work: { kind: 'cpu', failing_share: 0, failing_attempts: 1, payload_bytes_in: 0, payload_bytes_out: 123 },
  } as const;
  const task = { runId: 'r', taskIndex: 0, workflowName: 'w', executionId: 'x' };
  const before = process.threadCpuUsage();
  expect(await executeTask({ executor: 'inline', ...spec }, task)).toHaveLength(123);
  const { user, system } = process.threadCpuUsage(before);
  expect(user + system).toBeGreaterThanOrEqual(50_000);
  expect(
    await executeTask({ executor: 'process', ...spec, scriptPath: join(scripts, 'perf-task.sh'), workingDirectory: scripts }, task),
  ).toHaveLength(123);
});

it.each([
  ['exit 3', 'ended with exit code 3', ['failed']],
  ['kill -9 $$', 'ended with SIGKILL', []],
])('a worker that does %s %s, and its evidence says so', async (command, message, outcomes) => {
  const directory = temporary();
  const [scriptPath, evidencePath] = [join(directory, 'script.sh'), join(directory, 'evidence.txt')];
  writeFileSync(scriptPath, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  writeFileSync(evidencePath, '');
  const spec = { executor: 'process', duration: 0, scriptPath, workingDirectory: directory, evidencePath, tellsEnds: true } as const;
  const task = { runId: 'run', taskIndex: 0, workflowName: 'work', executionId: 'x' };
  await expect(executeTask(spec, task)).rejects.toThrow(message);
  const lines = readFileSync(evidencePath, 'utf8').split('\n');
  expect(lines.flatMap((line) => evidenceLine(line)?.end?.outcome ?? [])).toEqual(outcomes);
});
