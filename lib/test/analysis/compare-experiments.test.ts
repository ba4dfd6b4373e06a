import { describe, expect, it } from 'vitest';
import { type Comparison, compareExperiments } from '../../src/analysis/compare-experiments.ts';
import { findingOf, lossLines, warningsOf } from '../../src/analysis/comparison-words.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import { seededNormal } from '../statistics/simulate.ts';
import { type FiguredOptions, figuredExperiment } from '../support/figured-experiment.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
const base = { 'throughput.tasksPerSecond': 100, 'response.p50': 0.5, 'response.p99': 2, 'latency.p50': 0.4, 'latency.p99': 1.9 };
const cost = { 'scheduler.cpuPerTask': 0.002, 'postgres.cpuPerTask': 0.003, 'scheduler.rssBytesPeak': 9e7 };
const startMs = Date.UTC(2026, 10, 23, 10);

type Ratios = Readonly<Record<string, number>>;
type Change = Partial<Omit<FiguredOptions, 'name' | 'startedMs' | 'figures'>>;

/** An experiment with these figures as ratios of the base, each with noise of its own beside one that all share. */
async function experimentOf(
  name: string,
  minute: number,
  ratios: Ratios = {},
  change: Change = {},
  noise = { of: seededNormal(minute + 1), ratio: 0 },
): Promise<Experiment> {
  const shared = noise.of();
  const figures = Object.entries({ ...base, ...cost }).map(([figure, value]) => {
    const own = noise.ratio * (0.7 * shared * (figure === 'throughput.tasksPerSecond' ? -1 : 1) + 0.7 * noise.of());
    return [figure, value * (ratios[figure] ?? 1) * Math.exp(own)] as const;
  });
  const options = { name, startedMs: startMs + minute * 60_000, figures: Object.fromEntries(figures), ...change };
  return figuredExperiment(workspace.current.results, options);
}

interface Groups {
  readonly a: Experiment[];
  readonly b: Experiment[];
}

interface GroupOptions {
  readonly count?: number;
  readonly noise?: number;
  readonly seed?: number;
  readonly ofA?: Change;
  readonly ofB?: Change;
  /** A B A B unless all of A are to be first. */
  readonly inBlocks?: boolean;
}

async function groups(ratiosOfB: Ratios, options: GroupOptions = {}): Promise<Groups> {
  const { count = 10, noise = 0.02, seed = 1, inBlocks = false, ofA = {}, ofB = {} } = options;
  const of = seededNormal(seed);
  const a: Experiment[] = [];
  const b: Experiment[] = [];
  for (let round = 0; round < count; round++) {
    const [first, second] = inBlocks ? [round, count + round] : [2 * round, 2 * round + 1];
    a.push(await experimentOf(`a${seed}-${round}`, first, {}, ofA, { of, ratio: noise }));
    b.push(await experimentOf(`b${seed}-${round}`, second, ratiosOfB, ofB, { of, ratio: noise }));
  }
  return { a, b };
}

const answerOf = (comparison: Comparison, name: string) => comparison.judged.find((figure) => figure.name === name);
const manifestWith = (change: Partial<Manifest>): Change => ({ manifest: change });

describe('compareExperiments', () => {
  it('tells what is slower and what takes more, by figure, in pairs where they ran in turn', async () => {
    const slower = { 'throughput.tasksPerSecond': 1 / 1.1, 'response.p99': 1.1, 'postgres.cpuPerTask': 1.2, 'scheduler.rssBytesPeak': 0.8 };
    const { a, b } = await groups(slower, { noise: 0.01 });
    const comparison = compareExperiments(a, b);
    expect(comparison).toMatchObject({ pairedBy: 'order', rounds: 10, isOneAfterTheOther: false, differences: [], losses: [] });
    expect(comparison.judged.map(({ name, answer, outcome }) => [name, answer, outcome])).toEqual([
      ['throughput.tasksPerSecond', 'slower', 'worse'],
      ['response.p50', 'equivalent', 'equivalent'],
      ['response.p99', 'slower', 'worse'],
      ['latency.p50', 'equivalent', 'equivalent'],
      ['latency.p99', 'equivalent', 'equivalent'],
      ['scheduler.cpuPerTask', 'equivalent', 'equivalent'],
      ['postgres.cpuPerTask', 'more', 'worse'],
      ['scheduler.rssBytesPeak', 'less', 'better'],
    ]);
    const p99 = answerOf(comparison, 'response.p99')!;
    expect(p99.ratio.value).toBeCloseTo(1.1, 1);
    expect(p99.ratio.low).toBeLessThan(1.1);
    expect(p99.ratio.high).toBeGreaterThan(1.1);
    expect(p99.adjustedP).toBeLessThanOrEqual(0.05);
    expect(findingOf(comparison)).toMatch(
      /^B beside A: slower in throughput \(-9\.\d %\), response time p99 \(\+(9\.\d|10|11) %\); more in Postgres CPU .*; less in scheduler RSS peak .*; equivalent within 3 % in /,
    );
    const turned = compareExperiments(b, a);
    expect(answerOf(turned, 'response.p99')).toMatchObject({ answer: 'faster', outcome: 'better' });
    expect(answerOf(turned, 'postgres.cpuPerTask')).toMatchObject({ answer: 'less', outcome: 'better' });
  });

  it('says slower of a planted 5 % in times and rates, with 2 % of noise, in at least 19 of 20 comparisons of 10 pairs', async () => {
    const slowdown = { ...Object.fromEntries(Object.keys(base).map((name) => [name, 1.05])), 'throughput.tasksPerSecond': 1 / 1.05 };
    let slower = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { a, b } = await groups(slowdown, { seed });
      const answers = new Set(compareExperiments(a, b).judged.map(({ answer }) => answer));
      if (answers.has('slower') && !answers.has('faster')) slower += 1;
    }
    expect(slower).toBeGreaterThanOrEqual(19);
  });

  it('says anything but equivalent or cannot tell in at most 5 of 100 comparisons of A with A, all figures together', async () => {
    let alarms = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { a, b } = await groups({}, { seed, count: 8, noise: 0.05 });
      if (compareExperiments(a, b).judged.some(({ outcome }) => outcome === 'better' || outcome === 'worse')) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(5);
  });

  it('refuses to judge with too few, and says how many more', async () => {
    const { a, b } = await groups({ 'response.p99': 3 }, { count: 5 });
    const comparison = compareExperiments(a, b);
    expect(new Set(comparison.judged.map(({ answer, reason, more }) => `${answer}, ${reason}, ${more}`))).toEqual(
      new Set(['cannot tell, too few, 1']),
    );
    expect(findingOf(comparison)).toContain("can't be told in any of 8 figures: 5 rounds are too few to judge");
    expect(compareExperiments(a.slice(0, 3), b.slice(0, 3), { pairing: 'none' }).judged[0]).toMatchObject({ reason: 'too few', more: 1 });
  });

  it('compares as groups what ran one after the other, and says so', async () => {
    const { a, b } = await groups({ 'throughput.tasksPerSecond': 2 }, { count: 4, inBlocks: true });
    const comparison = compareExperiments(a, b);
    expect(comparison).toMatchObject({ pairedBy: 'none', rounds: 0, isOneAfterTheOther: true });
    expect(answerOf(comparison, 'throughput.tasksPerSecond')).toMatchObject({ answer: 'faster', counts: { a: 4, b: 4 } });
    expect(warningsOf(comparison).join('\n')).toMatch(/All of A ran before all of B: whatever changed on the machine/);
  });

  it('pairs by the rounds of a series, whatever the order, and leaves out a round that lacks one', async () => {
    const { a, b } = await groups({}, { count: 6, inBlocks: true });
    const roundOf = ({ name }: Experiment): string => name.split('-')[1]!;
    expect(compareExperiments(a, b, { roundOf })).toMatchObject({ pairedBy: 'rounds', rounds: 6 });
    const lacking = compareExperiments(a, b.slice(1), { roundOf });
    expect(lacking.rounds).toBe(5);
    expect(lacking.a.leftOut).toEqual([{ name: 'a1-0', reason: 'the other one of its round is not counted' }]);
    expect(() => compareExperiments(a, b, { pairing: 'rounds' })).toThrow(/that each belong to a round of a series, got a1-0/);
    expect(() => compareExperiments(a, b.slice(1), { pairing: 'order' })).toThrow(/as many experiments of A as of B.*got 6 and 5/);
  });

  it('tells of what differs: the subject, the load and the surroundings', async () => {
    const { config, host, target } = (await experimentOf('one', 0)).manifest;
    const change = {
      target: { ...target, version: '5.4.0' },
      config: { ...config, workflows: 7, scheduler: { ...config.scheduler, poll_interval_secs: 0.5 } },
      host: { ...host, cpuModel: 'Other CPU' },
    };
    const { a, b } = await groups({}, { count: 6, ofB: manifestWith(change) });
    const comparison = compareExperiments(a, b);
    expect(comparison.differences.map(({ what, kind, ...values }) => [kind, what, ...values.a, ...values.b])).toEqual([
      ['subject', 'engine version', '5.3.0', '5.4.0'],
      ['subject', 'scheduler.poll_interval_secs', '0.1', '0.5'],
      ['load', 'workflows', '1', '7'],
      ['surroundings', 'host', 'linux x64, Test CPU, 2 cores', 'linux x64, Other CPU, 2 cores'],
    ]);
    expect(warningsOf(comparison).slice(0, 2)).toEqual([
      'The load is not the same: workflows (1 → 7). What differs between figures may be that.',
      'Not measured under the same conditions: host (linux x64, Test CPU, 2 cores → linux x64, Other CPU, 2 cores).',
    ]);
  });

  it('takes what is another from round to round for no difference where each round has the same', async () => {
    const pairs = await Promise.all(
      ['old', 'new', 'new'].map(async (commit, round) => [
        await experimentOf(`a-${round}`, 2 * round, {}, manifestWith({ gitCommit: commit })),
        await experimentOf(`b-${round}`, 2 * round + 1, {}, manifestWith({ gitCommit: commit })),
      ]),
    );
    const [a, b] = [pairs.map(([one]) => one!), pairs.map(([, other]) => other!)];
    expect(compareExperiments(a, b).differences).toEqual([]);
    const asGroups = compareExperiments(a, b, { pairing: 'none' });
    expect(asGroups.differences).toEqual([{ what: 'commit of the workspace', kind: 'subject', a: ['old', 'new'], b: ['old', 'new'] }]);
    expect(warningsOf(asGroups)[0]).toBe('Experiments of one group differ: commit of the workspace (old, new → old, new).');
  });

  it('calls groups by what alone tells them apart', async () => {
    const { target, config } = (await experimentOf('one', 0)).manifest;
    const labels = async (ofB: Partial<Manifest>, ofA: Partial<Manifest> = {}): Promise<readonly string[]> => {
      const { a, b } = await groups({}, { count: 1, ofA: manifestWith(ofA), ofB: manifestWith(ofB) });
      const comparison = compareExperiments(a, b);
      return [comparison.a.label, comparison.b.label];
    };
    expect(await labels({ target: { ...target, name: 'pg-boss' } })).toEqual(['dbos', 'pg-boss']);
    expect(await labels({ config: { ...config, scheduler: { ...config.scheduler, db_pool_size: 20 } } })).toEqual([
      'db_pool_size 10',
      'db_pool_size 20',
    ]);
    expect(await labels({ targetCommit: 'ab'.repeat(20) })).toEqual(['A', 'B']);
    expect(await labels({ targetCommit: 'ab'.repeat(20) }, { targetCommit: 'v1' })).toEqual(['commit v1', 'commit abababab']);
    expect(await labels({})).toEqual(['A', 'B']);
  });

  it('does not pass off what the driver limited, or what was offered, as the target’s', async () => {
    const limited = await groups({}, { noise: 0.005, ofB: { limitedBy: 'driver' } });
    const byDriver = compareExperiments(limited.a, limited.b);
    expect(answerOf(byDriver, 'throughput.tasksPerSecond')).toMatchObject({ answer: 'equivalent', caveat: 'driver' });
    expect(answerOf(byDriver, 'scheduler.cpuPerTask')).not.toHaveProperty('caveat');
    expect(warningsOf(byDriver)[0]).toMatch(
      /^The driver limited 0 of 10 experiments of A and 10 of 10 of B: their times and rates say what the driver can/,
    );
    const scheduled: Change = { limitedBy: 'nothing', evidence: { offeredTasksPerSecond: 100 } };
    const offered = await groups({}, { noise: 0.005, ofA: scheduled, ofB: scheduled });
    const keptUp = compareExperiments(offered.a, offered.b);
    expect(keptUp.judged.filter(({ caveat }) => caveat === 'offered').map(({ name }) => name)).toEqual(['throughput.tasksPerSecond']);
  });

  it('tells of what was lost in B only, and of what failed and is in no figure', async () => {
    const { a, b } = await groups({}, { count: 7 });
    const lossy = await experimentOf('b1-0', 1, {}, { tasks: { lost: 3 } });
    const failed = await experimentOf('b1-6', 13, {}, manifestWith({ status: 'failed', reason: 'the scheduler exited with code 1' }));
    const comparison = compareExperiments(a, [lossy, ...b.slice(1, 6), failed]);
    expect(comparison.rounds).toBe(6);
    expect(comparison.losses).toEqual([
      {
        name: 'experiments.notDone',
        title: 'experiments failed, timed out or aborted',
        a: { count: 0, of: 7, experiments: 0 },
        b: { count: 1, of: 7, experiments: 1 },
        isWorse: true,
      },
      {
        name: 'tasks.lost',
        title: 'tasks lost',
        a: { count: 0, of: 3500, experiments: 0 },
        b: { count: 3, of: 3500, experiments: 1 },
        isWorse: true,
      },
    ]);
    expect(findingOf(comparison)).toMatch(
      /^B has experiments failed, timed out or aborted: 1 of 7, tasks lost: 3 of 3,500, more than A\. /,
    );
    expect(comparison.b.leftOut).toEqual([{ name: 'b1-6', reason: 'failed: the scheduler exited with code 1' }]);
    expect(compareExperiments([lossy, ...b.slice(1, 6)], a).losses[0]).toMatchObject({ name: 'tasks.lost', isWorse: false });
  });

  it('does not say that no task was done twice where that is not known', async () => {
    const { a, b } = await groups({}, { count: 6, ofB: { tasks: { duplicates: null, ghosts: null } } });
    const comparison = compareExperiments(a, b);
    expect(comparison).toMatchObject({ losses: [], unknownLosses: ['tasks done twice', 'tasks done that nobody submitted'] });
    expect(lossLines(comparison)).toEqual([
      'Of what is known, nothing was lost, failed, rejected or dropped in any experiment.',
      'Not known of both: tasks done twice, tasks done that nobody submitted.',
    ]);
    expect(lossLines(compareExperiments(a.slice(0, 3), a.slice(3)))).toEqual([
      'No task was lost, failed, cancelled or done twice, no run rejected or dropped, in any experiment.',
    ]);
  });

  it('shows the other figures with ratios and a rate of false discoveries, without judging them', async () => {
    const { a, b } = await groups({ 'latency.p50': 1.3 }, { noise: 0.01 });
    const { judged, unjudged } = compareExperiments(a, b, { figures: ['response.p99'] });
    expect(judged.map(({ name }) => name)).toEqual(['response.p99']);
    const p50 = unjudged.find(({ name }) => name === 'latency.p50')!;
    expect(p50.ratio.value).toBeCloseTo(1.3, 1);
    expect(p50.falseDiscoveryP).toBeLessThan(0.05);
    expect(unjudged.some(({ name }) => /^(driver|sampler|scheduleLag|tasks|runs)\./.test(name))).toBe(false);
  });

  it.each([
    ['an empty group', (a: Experiment[]) => compareExperiments(a, []), /expected at least one experiment of B, got none/],
    ['an experiment in both', (a: Experiment[]) => compareExperiments(a, a), /got a1-0 in both/],
    [
      'a figure that there is none of',
      (a: Experiment[], b: Experiment[]) => compareExperiments(a, b, { figures: ['p99'] }),
      /figure: expected one of/,
    ],
    [
      'a figure that is counted',
      (a: Experiment[], b: Experiment[]) => compareExperiments(a, b, { figures: ['tasks.lost'] }),
      /got tasks\.lost, which is only told/,
    ],
  ])('refuses %s', async (_, compare, message) => {
    const { a, b } = await groups({}, { count: 1 });
    expect(() => compare(a, b)).toThrow(message);
  });

  it('refuses a group of different configs', async () => {
    const { a, b } = await groups({}, { count: 2 });
    const { config } = a[0]!.manifest;
    const other = await experimentOf('other', 9, {}, manifestWith({ config: { ...config, tasks_per_workflow: 9 } }));
    expect(() => compareExperiments([...a, other], b)).toThrow(
      /experiments of one config as A, got some that differ in tasks_per_workflow/,
    );
  });
});
