import { describe, expect, it } from 'vitest';
import { targetsSideBySide, compareTargets } from '../../src/analysis/compare-targets.ts';
import { plotTargets } from '../../src/plots/plot-targets.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textTargets } from '../../src/report/text-targets.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { TaskMoment, TaskTime } from '../../src/results/target-profile.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const base = buildExperiment({ runs: 10, tasksPerRun: 5 });
const tasks = base.tasks.objects() as Row<'tasks'>[];

/** The same experiment as one of `target`, each task ending `delayMs` later. */
function experimentOf(target: string, delayMs: number, status: 'done' | 'failed' = 'done'): Experiment {
  const later = replaceTables(base, { tasks: tasks.map((task) => ({ ...task, finishedMs: task.finishedMs + delayMs })) });
  return { ...later, manifest: { ...base.manifest, status, target: { ...base.manifest.target, name: target } } };
}

const experiments = [
  experimentOf('slow', 3000),
  experimentOf('quick', 0),
  experimentOf('slow', 1000),
  experimentOf('quick', 500),
  experimentOf('slow', 2000),
  experimentOf('quick', 0, 'failed'),
];

describe('targets side by side', () => {
  it('have the median and range of their experiments that were done', () => {
    const latencies = targetsSideBySide(experiments).figures.filter(({ figure }) => figure.title === 'response time p50');
    const undelayed = targetsSideBySide([experimentOf('base', 0)]).figures.find(({ figure }) => figure.title === 'response time p50');
    const zero = undelayed?.median ?? Number.NaN;
    expect(zero).toBeGreaterThan(0);
    expect(latencies.map(({ target }) => target)).toEqual(['slow', 'quick']);
    const [slow, quick] = latencies;
    expect(slow?.values.map((value) => value - zero)).toEqual([1, 2, 3].map((value) => expect.closeTo(value, 6)));
    expect(slow?.median).toBeCloseTo(zero + 2, 6);
    expect(quick?.values).toHaveLength(2);
    expect(quick?.median).toBeCloseTo(zero + 0.25, 6);
  });

  it('are a table of figure and target', () => {
    const table = compareTargets(experiments);
    expect(table.columnNames()).toEqual(['figure', 'target', 'experiments', 'median', 'min', 'max']);
    expect(table.numRows()).toBe(12); // of six figures: latency is not the same in both, as nothing is said of its ends
    // Of 50 tasks a p99 is not known.
    expect(table.array('experiments')).toEqual([3, 2, 3, 2, 0, 0, 3, 2, 3, 2, 3, 2]);
  });

  it('are text with medians and ranges', () => {
    const text = textTargets(experiments);
    expect(text).toContain('Median of the experiments of each target that ended as done (range)');
    const [, , , , heading = '', slow = '', quick = ''] = text.split('\n');
    expect(heading).toMatch(/^target +done +throughput \(tasks\/s\) +response time p50 \(s\) .*Postgres CPU .*RSS peak \(MB\)$/);
    expect(slow).toMatch(/^slow +3 of 3 +\S+ \(\S+ to \S+\)/);
    expect(quick).toMatch(/^quick +2 of 3 /);
    expect(text).toContain('- 1 of 3 experiments of quick did not end as done: they are in no figure.');
    // The verdict of each, with what makes it less certain.
    expect(text.match(/ on (slow|quick): The target limited it/g)).toHaveLength(5);
    expect(text).toMatch(/\n    note: The span judged is short/);
  });

  it('are a picture with a dot for each experiment, and no winner where there are too few', () => {
    const spec = plotTargets(experiments) as unknown as {
      title: { text: readonly string[]; subtitle: readonly string[] };
      concat: {
        title: { text: string };
        data: { values: { target: string; value: number; least: number; most: number; experiments: number }[] };
        layer: { mark: { type: string }; data?: { values: { target: string; value: number }[] } }[];
      }[];
    };
    expect(spec.title.text.join(' ')).toMatch(
      /^Which is faster can't be told from 2 experiments each \(3 are needed\): throughput of quick \S+, slow \S+ tasks\/s$/,
    );
    // Of 50 tasks no p99 is known: it has no panel, and that is said.
    expect(spec.concat).toHaveLength(5);
    expect(spec.title.subtitle.join(' ')).toContain('Not known of so few tasks: response time p99.');
    expect(spec.concat[0]?.layer.map(({ mark }) => mark.type)).toEqual(['rule', 'tick', 'point', 'text']);
    expect(spec.concat[0]?.layer[2]?.data?.values.map(({ target }) => target)).toEqual(['slow', 'slow', 'slow', 'quick', 'quick']);
    const [slow, quick] = spec.concat.find(({ title }) => title.text.startsWith('response time p50'))?.data.values ?? [];
    expect(slow).toMatchObject({ target: 'slow', experiments: 3 });
    expect((slow?.most ?? 0) - (slow?.least ?? 0)).toBeCloseTo(2, 3);
    expect((slow?.value ?? 0) - (slow?.least ?? 0)).toBeCloseTo(1, 3);
    expect((quick?.most ?? 0) - (quick?.least ?? 0)).toBeCloseTo(0.5, 3);
    expect(plotToSvg(plotTargets(experiments))).toContain('response time p50 (less is better)');
  });

  it('have lines that hold the true median with the confidence that so many experiments give', () => {
    const notes = (count: number): string => {
      const repeated = Array.from({ length: count }, (_, index) => experimentOf('one', index * 100));
      return (plotTargets(repeated).title as { subtitle: readonly string[] }).subtitle.join(' ');
    };
    expect(notes(1)).toContain('lines their range.');
    expect(notes(3)).toContain('of 3 experiments it holds the true median with 75 % confidence.');
    expect(notes(6)).toContain('of 6 experiments it holds the true median with 96 % confidence.');
  });

  it('are refused where those of one target are no repetitions of each other', () => {
    const withConfig = (changes: Partial<Experiment['manifest']['config']>): Experiment[] => {
      const { manifest } = base;
      return [base, { ...base, manifest: { ...manifest, config: { ...manifest.config, ...changes } } }];
    };
    expect(() => compareTargets(withConfig({ duration: 9, workflows: 77 }))).toThrow(RangeError);
    expect(() => compareTargets(withConfig({ duration: 9, workflows: 77 }))).toThrow(
      /some of dbos that differ in (workflows, duration|duration, workflows)/,
    );
    expect(() => plotTargets(withConfig({ arrival: { poisson: 5, seed: 1 } }))).toThrow(/differ in arrival/);
    expect(compareTargets(withConfig({ name: 'the same by another name' })).array('experiments')).toEqual([2, 2, 0, 2, 0, 2, 2, 2]);
    const [, seeded] = withConfig({ arrival: { poisson: 5, seed: 1 } });
    const [, otherSeed] = withConfig({ arrival: { poisson: 5, seed: 2 } });
    expect(targetsSideBySide([seeded, otherSeed].filter((experiment) => experiment !== undefined)).figures[0]?.values).toHaveLength(2);
  });

  it('name a winner only where no experiment overlaps, of three each', () => {
    const finding = (slowest: readonly number[], quickest: readonly number[]): string =>
      targetsSideBySide([...slowest.map((ms) => experimentOf('slow', ms)), ...quickest.map((ms) => experimentOf('quick', ms))]).finding;
    expect(finding([1000, 2000, 3000], [0, 100, 200])).toMatch(/^quick finished \S+ tasks\/s, \S+ times as many as slow$/);
    expect(finding([150, 2000, 3000], [0, 100, 200])).toMatch(
      /^No difference can be told between quick and slow, whose experiments overlap: throughput of quick \S+, slow \S+ tasks\/s$/,
    );
    expect(finding([], [0])).toMatch(/^quick: \S+ tasks\/s$/);
  });

  it('are groups of their own where engine, Postgres or host differ, named by that', () => {
    const changed = (changes: Partial<Experiment['manifest']>): Experiment => ({ ...base, manifest: { ...base.manifest, ...changes } });
    const { target, host, database } = base.manifest;
    const newer = changed({ target: { ...target, version: '5.4.0' } });
    expect(targetsSideBySide([base, newer, base]).groups.map((group) => [group.target, group.done.length])).toEqual([
      ['dbos (5.3.0)', 2],
      ['dbos (5.4.0)', 1],
    ]);
    const rebuilt = [
      changed({ target: { ...target, programHash: 'a'.repeat(64) } }),
      changed({ target: { ...target, programHash: 'b'.repeat(64) } }),
    ];
    expect(targetsSideBySide(rebuilt).groups.map((group) => group.target)).toEqual(['dbos (program aaaaaaaa)', 'dbos (program bbbbbbbb)']);
    const elsewhere = changed({ host: { ...host, cores: 64 }, target: { ...target, name: 'other' } });
    expect(targetsSideBySide([base, elsewhere]).notes.at(-1)).toMatch(
      /^Not measured under the same conditions: host differs \(dbos: linux x64, Test CPU, 2 cores; other: .* 64 cores\)\.$/,
    );
    expect(targetsSideBySide([base, changed({ database: { ...database, version: '17.2' } })]).groups).toHaveLength(2);
  });

  it('are compared by latency only where created and finished are the same moments', () => {
    const withCreated = (name: string, moment: TaskMoment): Experiment => {
      const { target } = base.manifest;
      const at = (changed: TaskMoment): TaskTime => ({ clock: 'database', moment: changed, source: '' });
      const times = { created: at(moment), dispatched: at('claimed'), started: at('begun'), finished: at('recorded') };
      return { ...base, manifest: { ...base.manifest, target: { ...target, name, times } } };
    };
    const titles = (all: readonly Experiment[]): string[] => [...new Set(targetsSideBySide(all).figures.map(({ figure }) => figure.title))];
    expect(titles([withCreated('a', 'submitted'), withCreated('b', 'submitted')])).toContain('latency p50');
    const unlike = [withCreated('a', 'submitted'), withCreated('b', 'expanded')];
    expect(titles(unlike)).not.toContain('latency p50');
    expect(titles(unlike)).toContain('response time p50');
    expect(targetsSideBySide(unlike).notes).toContain(
      'Latency is not compared: created is not the same moment in all (a: submitted, b: expanded). Response time is.',
    );
  });

  it('need an experiment', () => {
    expect(() => plotTargets([])).toThrow(RangeError);
  });
});
