import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/analysis/summary.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

let workspace: TemporaryWorkspace;
beforeAll(() => {
  workspace = temporaryWorkspace();
  // A minute of load, if nothing ends it.
  workspace.writeConfig(
    'long',
    'load_seconds: 60\narrival: { constant: 20 }\ntasks_per_workflow: 1\nduration: 0\nexecutor: inline\ntarget: graphile-worker\n' +
      'thresholds:\n  - { figure: runs.submitted, at_most: 9, abort_on_fail: true }\n  - tasks.failed = 0\n',
  );
});
afterAll(() => workspace[Symbol.dispose]());

describe('orchlab run with thresholds', () => {
  it('aborts an experiment when one is known not to hold: all that was sampled is kept, and the exit code is 99', async () => {
    const [junit, markdown] = [join(workspace.root, 'junit.xml'), join(workspace.root, 'summary.md')];
    const files = ['--junit', junit, '--markdown', markdown];
    const { code, stdout, stderr } = await orchlab(['run', 'long', '--json', '--threshold', 'response.p999 < 1 min', ...files], {
      cwd: workspace.root,
    });
    expect(code, stderr).toBe(exitCodes.thresholdFailed);
    const summary = JSON.parse(stdout) as Summary;
    expect(summary.status).toBe('aborted');
    expect(summary.reason).toMatch(/^threshold runs\.submitted <= 9 did not hold: \d+ runs after [\d.]+ s$/);
    expect(summary.thresholds.map(({ threshold, outcome }) => [threshold, outcome])).toEqual([
      ['runs.submitted <= 9', 'failed'],
      ['tasks.failed = 0', 'inconclusive'],
      ['response.p999 < 1 min', 'inconclusive'],
    ]);
    const { submitted, finished, lost } = summary.tasks;
    expect(submitted).toBeGreaterThanOrEqual(10);
    expect(submitted).toBeLessThan(200);
    expect(finished + lost).toBe(submitted);
    expect(finished).toBeGreaterThan(0);
    expect(stderr).toMatch(
      /orchlab: thresholds: 1 of 3 failed, 2 inconclusive\n {2}failed: runs\.submitted <= 9: \d+, \d+ \([\d.]+ (?:%|times)\) too much; it ended/,
    );
    expect(readFileSync(junit, 'utf8')).toMatch(/name="long on graphile-worker" .*tests="4" failures="1" errors="0" skipped="3"/);
    expect(readFileSync(markdown, 'utf8')).toMatch(/^### ❌ orchlab: long on graphile-worker: 1 of 3 failed, 2 inconclusive/);
  });

  it('aborts an experiment whose response p99 breaks its bound, by what is open: it says when and by how much', async () => {
    // 100 tasks a second, of which one place of 50 ms does 20.
    workspace.writeConfig(
      'behind',
      'load_seconds: 60\narrival: { constant: 20 }\ntasks_per_workflow: 5\nduration: 0.05\nexecutor: inline\ntarget: graphile-worker\n' +
        'scheduler: { max_concurrent_dispatches: 1 }\nthresholds: response.p99 < 500 ms or abort\n',
    );
    const { code, stdout, stderr } = await orchlab(['run', 'behind', '--json'], { cwd: workspace.root });
    expect(code, stderr).toBe(exitCodes.thresholdFailed);
    const { status, reason, thresholds, directory, tasks } = JSON.parse(stdout) as Summary;
    expect(status).toBe('aborted');
    const [, leastSeconds, afterSeconds] =
      /^threshold response\.p99 < 500 ms did not hold: at least ([\d.]+) s after ([\d.]+) s$/.exec(reason ?? '') ?? [];
    // 230 tasks take 2.3 s to be due, and it has to be off for 5 s: not a minute.
    expect(Number(afterSeconds)).toBeGreaterThan(7);
    expect(Number(afterSeconds)).toBeLessThan(30);
    expect(thresholds).toMatchObject([{ outcome: 'failed', reason: `it ended the experiment after ${afterSeconds} s` }]);
    // Of those that had finished; the live one is of those that were open, too.
    const experiment = await openExperiment(directory);
    expect(experiment.damage).toEqual([]);
    expect(experiment.tasks.numRows()).toBe(tasks.submitted);
    expect(experiment.manifest.stoppedBy?.value).toBe(Number(leastSeconds));
    expect(thresholds[0]?.value).toBeGreaterThan(1);
    expect(readFileSync(join(directory, 'report.html'), 'utf8')).toContain('it ended the experiment after');
  });

  it('is 98 where one could not be judged and none failed, and prints each', async () => {
    const size = ['--runs', '3', '--tasks', '1', '--duration', '0', '--target', 'graphile-worker', '--executor', 'inline'];
    // The baseline is the one that was aborted.
    const thresholds = ['--threshold', 'tasks.lost = 0, response.p99 < 1 h', '--threshold', 'response.avg < baseline + 5 %'];
    const { code, stdout } = await orchlab(['run', ...size, ...thresholds, '--baseline', 'latest'], { cwd: workspace.root });
    expect(code).toBe(exitCodes.thresholdInconclusive);
    expect(stdout).toContain(
      'Thresholds:\n  1 of 2 inconclusive.\n  passed        tasks.lost = 0: 0\n  inconclusive  response.p99 < 1 h: it is not known: it takes 230 values at least\n',
    );
    expect(stdout).toMatch(
      /Thresholds against the baseline, custom on graphile-worker:\n {2}1 of 1 inconclusive: 1 experiment beside 1 of latest.*\n {2}inconclusive {2}response\.avg < baseline \+ 5 %: [\d.]+ ms; there are no experiments of the baseline that ended as done\n/,
    );
  });

  it.each([
    [
      'a figure that there is not',
      ['--threshold', 'respnse.p99 < 1'],
      /thresholds, "respnse\.p99 < 1": expected one of .*\(nearest: response\.p99\)/,
    ],
    [
      'what can not be known so early',
      ['--threshold', 'tasks.lost = 0 or abort'],
      /abort_on_fail: expected one of the figures that are known.*response\.p99.*got tasks\.lost, which is counted when the tasks are read/,
    ],
    ['a unit of something else', ['--threshold', 'tasks.lost < 3 MB'], /expected a number without a unit, .*got "a unit of memory"/],
    ['no condition', ['--threshold', 'response.p99'], /'--threshold <condition>' argument 'response\.p99' is invalid\. expected a figure/],
    [
      'a file in a folder that is not there',
      ['--junit', 'none/x.xml'],
      /--junit: expected a file in a folder that there is, got none\/x\.xml/,
    ],
  ])('refuses %s before anything is run', async (_what, args, message) => {
    const { code, stderr } = await orchlab(['run', 'long', ...args], { cwd: workspace.root });
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toMatch(message);
  });
});
