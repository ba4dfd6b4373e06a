import { expect } from 'vitest';
import { describeNotebook } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('engines', {
  parameters: { config: 'quick', rounds: '1' },
  cells: [
    ['let config', 'nothing'],
    ['import {', 'nothing'],
    ['const scheduler', 'text'],
    ['await sweep', 'text'],
    ['show(plotTargets(experiments))', 'plot: '],
    ['show(compareTargets(experiments))', 'table'],
    ['const phases', 'table'],
    ['plotLatencyEcdf(experiments', 'plot: Share of finished tasks'],
  ],
  figures(cells, run) {
    const [rounds, runs] = run === 'committed' ? [3, 100] : [1, 10];
    expect(cells[2]?.text).toMatch(new RegExp(`^${runs} runs of 5 tasks of 0.1 s; with 20 tasks at once at most 200 tasks a second`));
    const order = Array.from({ length: rounds }, (_, round) =>
      ['dbos', 'graphile-worker', 'pg-boss'].map((target) => `round ${round + 1}: target=${target}`),
    );
    // Each round in an order of its own.
    expect(cells[3]?.text.trim().split('\n').toSorted()).toEqual(order.flat());
    expect(cells[6]?.text).toMatch(/^dbos +\d[^]*\npg-boss +\d[^]*\ngraphile-worker +\d/m);
    // "Most of a task's response time is the wait for a free place": of a burst with more tasks than places.
    if (run === 'committed')
      for (const target of ['dbos', 'pg-boss', 'graphile-worker'])
        expect(figureIn(cells[6]?.text, target, 'waitP50Ms')).toBeGreaterThan(figureIn(cells[6]?.text, target, 'executionP50Ms'));
  },
});
