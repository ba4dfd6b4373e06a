import { describe, expect, it } from 'vitest';
import { compareTargets, targetFigures } from '../../src/analysis/compare-targets.ts';
import { plotComparison } from '../../src/plots/plot-comparison.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textComparison } from '../../src/report/text-comparison.ts';
import type { Experiment } from '../../src/results/experiment.ts';
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
    const latencies = targetFigures(experiments).filter(({ figure }) => figure.title === 'latency p50');
    const undelayed = targetFigures([experimentOf('base', 0)]).find(({ figure }) => figure.title === 'latency p50');
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
    expect(table.numRows()).toBe(12);
    expect(table.array('experiments')).toEqual(Array.from({ length: 6 }, () => [3, 2]).flat());
  });

  it('are text with medians and ranges', () => {
    const text = textComparison(experiments);
    expect(text).toContain('Median of the experiments of each target (range)');
    const [, , , heading = '', slow = '', quick = ''] = text.split('\n');
    expect(heading).toMatch(/^target +done +throughput \(tasks\/s\) +latency p50 \(s\) .*Postgres CPU .*RSS peak \(MB\)$/);
    expect(slow).toMatch(/^slow +3 of 3 +\S+ \(\S+ to \S+\)/);
    expect(quick).toMatch(/^quick +2 of 3 /);
  });

  it('are a picture with a dot for each experiment and the best in its title', () => {
    const spec = plotComparison(experiments) as unknown as {
      title: { text: string };
      concat: { layer: { data: { values: { target: string; value: number }[] } }[] }[];
    };
    expect(spec.title.text).toMatch(/^quick finished .* tasks\/s, .* times as many as slow$/);
    expect(spec.concat).toHaveLength(6);
    expect(spec.concat[0]?.layer[1]?.data.values.map(({ target }) => target)).toEqual(['slow', 'slow', 'slow', 'quick', 'quick']);
    expect(plotToSvg(plotComparison(experiments))).toContain('latency p99 (less is better)');
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
    expect(() => plotComparison(withConfig({ arrival: { poisson: 5, seed: 1 } }))).toThrow(/differ in arrival/);
    expect(compareTargets(withConfig({ name: 'the same by another name' })).array('experiments')).toEqual(
      Array.from({ length: 6 }, () => 2),
    );
    const [, seeded] = withConfig({ arrival: { poisson: 5, seed: 1 } });
    const [, otherSeed] = withConfig({ arrival: { poisson: 5, seed: 2 } });
    expect(targetFigures([seeded, otherSeed].filter((experiment) => experiment !== undefined))[0]?.values).toHaveLength(2);
  });

  it('need an experiment', () => {
    expect(() => plotComparison([])).toThrow(RangeError);
  });
});
