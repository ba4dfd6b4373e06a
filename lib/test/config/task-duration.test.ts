import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { type TaskDuration, drawnSeconds, drawsOf, longestDraw, meanOfDraws, shortestDraw } from '../../src/config/task-duration.ts';
import { executionsPerTask, meanWorkSeconds } from '../../src/config/work.ts';
import { isFailing, taskDigest } from '../../src/random/task-draw.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

const durationOf = (duration: unknown): TaskDuration =>
  createConfig({ workflows: 1, tasks_per_workflow: 1, duration: duration as number }).duration;

const file = (text: string): string => {
  const path = join(workspace.current.root, 'durations.txt');
  writeFileSync(path, text);
  return path;
};

describe('a duration that is drawn', () => {
  it.each([
    ['exponential', { exponential: 0.2 }, 0.2],
    ['lognormal by its mean', { lognormal: { mean: 0.2, sigma: 1 } }, 0.2],
    ['lognormal by its median', { lognormal: { median: 0.2, sigma: 1 } }, 0.2 * Math.exp(0.5)],
    ['bimodal', { bimodal: { short: 0.01, long: 2, long_share: 0.25 } }, 0.5075],
    ['fixed', 0.2, 0.2],
  ])('%s has the mean that was asked for', (_, values, mean) => {
    // The last of 4,096 quantiles of a heavy tail stands for what is beyond it, too.
    expect(Math.abs(meanOfDraws(durationOf(values)) / mean - 1)).toBeLessThan(0.005);
  });

  it('has the quantiles of its distribution', () => {
    const draws = drawsOf(durationOf({ exponential: 1 }));
    expect(draws).toHaveLength(4096);
    expect(draws[2048]).toBeCloseTo(Math.log(2), 3);
    expect(draws[Math.floor(0.99 * 4096)]).toBeCloseTo(-Math.log(0.01), 1);
    const bimodal = durationOf({ bimodal: { short: 0.01, long: 2, long_share: 0.25 } });
    expect(drawsOf(bimodal).filter((seconds) => seconds === 2)).toHaveLength(1024);
    expect([shortestDraw(bimodal), longestDraw(bimodal)]).toEqual([0.01, 2]);
  });

  it('is as measured, from a file that a config read from then on brings with it', () => {
    const path = file('0.3 # a comment\n\n0.1\n# another\n0.2\n0.2\n');
    const duration = durationOf({ file: path });
    expect(duration).toEqual({ file: path, quantiles: [0.1, 0.2, 0.2, 0.3] });
    expect(meanOfDraws(duration)).toBeCloseTo(0.2, 9);
    expect(durationOf({ file: 'gone', quantiles: [1, 3] })).toEqual({ file: 'gone', quantiles: [1, 3] });
  });

  it.each([
    [
      { file: 'nowhere.txt' },
      'duration.file: expected a file of durations in seconds, one a line, got "nowhere.txt, which does not exist"',
    ],
    [{ exponential: 0 }, 'duration.exponential: expected a number above 0, got 0'],
    [{ lognormal: { sigma: 1 } }, 'duration.lognormal'],
    ['long', 'duration: expected a number of seconds, { exponential: mean }'],
  ])('refuses %j', (values, message) => {
    expect(() => durationOf(values)).toThrow(message);
  });

  it('is drawn evenly, the same for the same task, and fails the share of them that was asked for', () => {
    const duration = durationOf({ exponential: 1 });
    const tasks = Array.from({ length: 20_000 }, (_, index) => [`run-${index % 100}`, Math.floor(index / 100)] as const);
    const mean = tasks.reduce((sum, [runId, task]) => sum + drawnSeconds(duration, runId, task), 0) / tasks.length;
    // Four standard errors of 1 / sqrt(20,000).
    expect(Math.abs(mean - 1)).toBeLessThan(0.029);
    const share = tasks.filter(([runId, task]) => isFailing(taskDigest(runId, task), 0.3)).length / tasks.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.013);
    expect([0, 1].map((ratio) => tasks.filter(([runId, task]) => isFailing(taskDigest(runId, task), ratio)).length)).toEqual([0, 20_000]);
  });

  it('is worked once more for each attempt that fails and is tried again', () => {
    const config = (max_attempts: number) =>
      createConfig({
        workflows: 1,
        tasks_per_workflow: 1,
        duration: 0.1,
        work: { failing_share: 0.5, failing_attempts: 2 },
        recovery: { max_attempts },
      });
    expect([1, 2, 3, 9].map((attempts) => executionsPerTask(config(attempts)))).toEqual([1, 1.5, 2, 2]);
    expect(meanWorkSeconds(config(3))).toBeCloseTo(0.2, 12);
  });
});
