import { expect } from 'vitest';
import { describeNotebook, wereQuiet } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('load', {
  parameters: { seconds: '2' },
  cells: [
    ['let target', 'nothing'],
    ['import {', 'nothing'],
    ['async function load(', 'nothing'],
    ['{ closed: 50 }', 'experiment'],
    ['const limit', 'text'],
    ['constant: runsAtLimit / 2', 'experiment'],
    ['poisson: runsAtLimit / 2', 'experiment'],
    ['show([latencyOf(constant), latencyOf(poisson)])', ['table', 'table']],
    ['scheduleLagOf(poisson)', 'table'],
    ['plotScheduleLag(poisson)', 'plot: Schedule lag'],
    ['constant: runsAtLimit * 3', 'experiment'],
    ['plotTaskStates(beyond)', 'plot: Tasks by state'],
    ['plotLatencyOverTime(beyond', 'plot: Response time over time'],
    ['plotThroughput(beyond)', 'plot: Throughput: '],
    ["groupby('when')", 'table'],
    ['verdictOf(beyond)', 'verdict'],
    ['.map((experiment)', 'table'],
    ['overviewOf(', 'table'],
  ],
  figures(cells, run) {
    const [, found, limitedBy] = /about (\d+) runs a second; limited by: (\w+)/.exec(cells[4]?.text ?? '') ?? [];
    const runsAtLimit = Number(found);
    const runs = Math.ceil(3 * runsAtLimit * (run === 'committed' ? 4 : 2));
    const overview = cells[17]?.text;
    expect(['runs', 'tasks', 'finished'].map((column) => figureIn(overview, 'beyond', column))).toEqual([runs, 5 * runs, 5 * runs]);
    // The limit and the last table are of the same verdict.
    const verdicts = new Map([...(cells[16]?.text ?? '').matchAll(/^(\w+) +(\w+) {2,}\S/gm)].map(([, load, by]) => [load, by]));
    expect([...verdicts.keys()]).toEqual(['load', 'closed', 'constant', 'poisson', 'beyond']);
    expect(verdicts.get('closed')).toBe(limitedBy);
    expect(cells[15]?.text).toContain(`Limited by: ${verdicts.get('beyond')}`);
    const rates = cells[14]?.text;
    expect(figureIn(rates, 'while runs came', 'tasks') + figureIn(rates, 'after the last', 'tasks')).toBe(5 * runs);
    if (!wereQuiet(cells)) return;
    // Beyond the limit nobody says that nothing limited it.
    expect(verdicts.get('beyond')).not.toBe('nothing');
    // "Three times as many as that": "each task waits longer than the one before, only a queue that grows".
    expect(figureIn(overview, 'beyond', 'responseP50Seconds')).toBeGreaterThan(3 * figureIn(overview, 'constant', 'responseP50Seconds'));
    // Half of it was kept up with: done at nearly the rate at which it came.
    for (const load of ['constant', 'poisson']) {
      const offered = figureIn(overview, load, 'tasks') / (run === 'committed' ? 4 : 2);
      expect(figureIn(overview, load, 'tasksPerSecond')).toBeGreaterThan(0.7 * offered);
    }
  },
});
