import { describe, expect, it } from 'vitest';
import { summarize } from '../../src/analysis/summarize.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { textConfiguration, textSummary } from '../../src/report/text-summary.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const long = buildExperiment({ config: 'steady', runs: 900, sendSeconds: 90, warnings: ['the host was busy before the experiment began'] });
const failed = buildExperiment({
  failures: 3,
  cancelled: 2,
  lost: 1,
  schedulers: 2,
  status: 'timed-out',
  reason: '1 of 500 tasks had not ended after 300 s',
});
const ended = buildExperiment({ status: 'failed', reason: 'the scheduler exited with code 1' });
const none = { tasks: [], runs: [], counts: [] };
const nothing = replaceTables(ended, { ...none, processes: [] });
const sampled = replaceTables(ended, {
  ...none,
  processes: [ended.processes.objects().find(({ role }) => role === 'driver') as Row<'processes'>],
});

describe('textSummary', () => {
  it.each([
    ['done', long],
    ['timed-out', failed],
    ['nothing-known', sampled],
    ['nothing-measured', nothing],
  ])('reads as in the file: %s', async (name, experiment) => {
    await expect(textSummary(summarize(experiment))).toMatchFileSnapshot(`text-summary/${name}.txt`);
  });

  it('does not call tasks lost that were never read', () => {
    const killed = replaceTables(buildExperiment({ status: 'running' }), { tasks: [] });
    const { ledger: _, ...manifest } = killed.manifest;
    const summary = summarize({ ...killed, manifest });
    expect(summary.tasksRead).toBe(false);
    expect(textSummary(summary)).toContain(
      'Task Ledger:\n  not known: 100 runs with 500 tasks were submitted, and what became of them is read when the load has drained\n',
    );
  });

  it("keeps the seed's labels, in its order", () => {
    const lines = textSummary(summarize(failed)).split('\n');
    const labels = [
      '=== Performance Test Results ===',
      'Latency Stats:',
      '  Tasks: 494',
      /^ {2}Avg latency: \d+\.\d{3}s$/,
      /^ {2}Min latency: \d+\.\d{3}s$/,
      /^ {2}Max latency: \d+\.\d{3}s$/,
      'Throughput:',
      /^ {2}Run submission: \d+\.\d{2} runs\/sec$/,
      /^ {2}Task completion: \d+\.\d{2} tasks\/sec$/,
      /^ {2}Total duration: \d+\.\d{2}s$/,
      'Explanation:',
      '  - 100 runs created (5 tasks each = 500 total tasks)',
      '  - Run submission measures how fast we enqueue work',
      '  - Task completion measures actual work throughput',
      'Resource Usage:',
      /^ {2}Scheduler RSS: \d+ KB/,
      /^ {2}Scheduler RSS growth: \d+ KB/,
      '  Peak worker count: 20',
    ];
    const found = labels.map((label) => lines.findIndex((line) => (typeof label === 'string' ? line === label : label.test(line))));
    expect(found).not.toContain(-1);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
  });
});

describe('textConfiguration', () => {
  it('reads as in the file', async () => {
    await expect(textConfiguration(failed.manifest.config)).toMatchFileSnapshot('text-summary/configuration.txt');
  });
});

it('the configuration says how the runs arrive where that is no burst', () => {
  const config = createConfig({
    tasks_per_workflow: 2,
    duration: 0,
    load_seconds: 20,
    arrival: { poisson: 50, seed: 4 },
    warm_up_seconds: 5,
    max_in_flight: 30,
  });
  expect(textConfiguration(config).split('\n').slice(3)).toEqual([
    'Runs to trigger: as many as 20s take',
    'Tasks per run: 2',
    'Task duration: 0s',
    'Total tasks: as many as 20s take',
    'Arrival: poisson, 50 runs/s (seed 4)',
    'Load: 20s, the first 5s to warm up',
    'Runs in flight: at most 30',
    '',
  ]);
});
