import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findExperiments } from '../../src/results/find-experiments.ts';
import { type Series, openSeries } from '../../src/results/series.ts';
import { orchlab, processesOf, startOrchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';
import { waitUntil } from '../processes/wait-until.ts';

let workspace: TemporaryWorkspace;
beforeAll(() => {
  workspace = temporaryWorkspace();
  workspace.writeConfig(
    'small',
    'workflows: 4\ntasks_per_workflow: 3\nduration: 0\nexecutor: inline\nscheduler: { poll_interval_secs: 0.1 }\n',
  );
});
afterAll(() => workspace[Symbol.dispose]());

const places = 'scheduler.max_concurrent_dispatches';

async function onlySeries(kind: string): Promise<Series> {
  const name = readdirSync(workspace.results).find((each) => each.endsWith(`-${kind}`));
  return openSeries(join(workspace.results, name ?? 'none'));
}

describe('orchlab sweep', () => {
  it('killed in the middle goes on where it was, with one table of all', async () => {
    const vary = ['--vary', `${places}=2,4`, '--vary', 'target=pg-boss,graphile-worker'];
    const first = startOrchlab(['sweep', 'small', ...vary, '--repeat', '1', '--seed', '5', '--label', 'before', '--commit', 'v1'], {
      cwd: workspace.root,
    });
    await first.seen(/^2 of 4: [^\n]*\nProgress: /m);
    first.child.kill('SIGKILL');
    await first.result;
    await waitUntil('its experiment has ended, too', () => processesOf(workspace.root).length === 0);
    const killed = await onlySeries('sweep');
    expect(killed.record).toMatchObject({ status: 'running', total: 4, seed: 5, config: 'small' });
    expect(killed.record.steps.map(({ status }) => status)).toEqual(['done', 'running']);

    const { code, stdout, stderr } = await orchlab(['sweep', '--resume', '--json'], { cwd: workspace.root });
    expect(code, stderr).toBe(0);
    const { figures } = JSON.parse(stdout) as { figures: Record<string, unknown>[] };
    const throughput = figures.filter(({ figure }) => figure === 'throughput (tasks/s)');
    expect(throughput.map((row) => [row[places], row['target'], row['experiments']])).toEqual([
      [2, 'pg-boss', 1],
      [2, 'graphile-worker', 1],
      [4, 'pg-boss', 1],
      [4, 'graphile-worker', 1],
    ]);
    const series = await onlySeries('sweep');
    expect(series.record).toMatchObject({ status: 'done', outcome: {}, runner: null });
    // The first was kept, the second run again, and what there was of it is still there, marked.
    expect(series.record.steps.map(({ status }) => status)).toEqual(['done', 'interrupted', 'done', 'done', 'done']);
    expect(series.record.steps[0]).toEqual(killed.record.steps[0]);
    expect(series.record.steps[2]?.key).toBe(series.record.steps[1]?.key);
    expect(series.experiments.map(({ manifest }) => manifest.status)).toEqual(['done', 'interrupted', 'done', 'done', 'done']);
    // As it was begun with, though nothing was said when it went on.
    expect(series.record.noted).toEqual({ label: 'before', commit: 'v1' });
    for (const { manifest } of series.experiments.filter((each) => each.manifest.status === 'done'))
      expect(manifest).toMatchObject({ label: 'before', targetCommit: 'v1' });
    const text = readFileSync(`${series.directory}.txt`, 'utf8');
    expect(text).toMatch(/^sweep \S+: 4 of 4 experiments done, 1 interrupted\.$/m);
    expect(text.match(/^ +[24] +(pg-boss|graphile-worker) +1 of 1 /gm)).toHaveLength(4);
    expect(existsSync(join(series.directory, 'sweep.svg'))).toBe(true);

    const list = await orchlab(['list'], { cwd: workspace.root });
    expect(list.stdout.split('\n').filter((line) => line.includes(series.name))).toEqual([
      expect.stringMatching(
        /small +graphile-worker, pg-boss +done +4 of 4 +scheduler\.max_concurrent_dispatches=2,4 target=graphile-worker,pg-boss$/,
      ),
    ]);
    expect(list.stdout).not.toContain(series.experiments.at(-1)?.name);
    const all = JSON.parse((await orchlab(['list', '--json'], { cwd: workspace.root })).stdout) as { series: string }[];
    expect(all.map((summary) => summary.series)).toEqual(Array(5).fill(series.name));
    const shown = await orchlab(['show', 'latest'], { cwd: workspace.root });
    expect(shown.stdout).toBe(text);
  });

  it.each([
    ['nothing to vary', ['sweep', 'small'], /expected --vary with the values of at least one setting/],
    [
      'a value that no config takes',
      ['sweep', 'small', '--vary', 'scheduler.processes=1,0'],
      /sweep processes=0 scheduler\.processes: expected a number of at least 1/,
    ],
    ['a target that is not there', ['sweep', 'small', '--vary', 'target=pg-boss,none'], /target: expected one of .*got "none"/],
    ['a seed that is none', ['sweep', 'small', '--vary', 'target=dbos', '--seed', '-1'], /'--seed <number>' argument '-1' is invalid/],
    [
      'a sweep that is not there to go on with',
      ['sweep', '--resume', 'none'],
      /sweep none: expected the name or directory of one in .*got 0 that fit/,
    ],
    [
      'values for one that has its own',
      ['sweep', '--resume', '--vary', 'target=dbos'],
      /sweep --resume: expected nothing beside it but --repeat/,
    ],
    [
      'a baseline of a sweep',
      ['sweep', 'small', '--vary', 'target=dbos', '--baseline', 'latest'],
      /--baseline .*different configs, of which no one baseline is/,
    ],
    ['a baseline of a bench', ['bench', 'small', '--baseline', 'latest'], /--baseline .*a bench has its own/],
    ['a bench of one side', ['bench', 'small', '--a', 'target=dbos'], /bench: expected --a and --b/],
    ['a width that is none', ['bench', 'small', '--a', 'target=dbos', '--b', 'target=pg-boss', '--until', '5'], /argument '5' is invalid/],
    [
      'a figure that there is none of',
      ['bench', 'small', '--a', 'target=dbos', '--b', 'target=pg-boss', '--figures', 'p99'],
      /figure: expected one of .*got "p99"/,
    ],
  ])('refuses %s before anything is run', async (_what, args, message) => {
    const before = (await findExperiments({ directory: workspace.results })).length;
    const { code, stderr } = await orchlab(args, { cwd: workspace.root });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(await findExperiments({ directory: workspace.results })).toHaveLength(before);
  });
});

describe('orchlab bench', () => {
  it('runs both in each round, and compares them', async () => {
    const args = ['bench', 'small', '--a', 'target=pg-boss', '--b', 'target=graphile-worker', '--rounds', '1', '--seed', '2'];
    const { code, stdout, stderr } = await orchlab(args, { cwd: workspace.root });
    expect(code, stderr).toBe(0);
    const { record, steps } = await onlySeries('bench');
    expect(record.outcome).toMatchObject({ stopped: 'all rounds were run', rounds: 1, ratios: [{ figure: 'throughput.tasksPerSecond' }] });
    expect(steps.map(({ key, round, status }) => `${key} ${round} ${status}`).toSorted()).toEqual(['a 1 done', 'b 1 done']);
    expect(stdout).toMatch(
      /It ended after 1 rounds?, as all rounds were run: the ratio of throughput is \S+, too few rounds to say how exactly/,
    );
    const compared = await orchlab(['compare', record.name], { cwd: workspace.root });
    expect(compared.code, compared.stderr).toBe(0);
    expect(compared.stdout).toContain('graphile-worker beside pg-boss');
  });
});
