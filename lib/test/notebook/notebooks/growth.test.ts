import { expect } from 'vitest';
import { describeNotebook } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('growth', {
  parameters: { sizes: '[0, 1000, 5000]' },
  cells: [
    ['let target', 'nothing'],
    ['import {', 'nothing'],
    ['async function burst(', 'nothing'],
    ['burst(sizes[0])', 'experiment'],
    ['burst(sizes[1])', 'experiment'],
    ['burst(sizes[2])', 'experiment'],
    ['overviewOf(all)', 'table'],
    ['plotLatencyEcdf(all)', 'plot: '],
    ['tableGrowthOf(third)', 'table'],
    ['bytes an ended task', 'text'],
    ['plotTables(third)', 'plot: Tables with their indexes'],
    ['statementsOf(first)', ['table', 'table']],
  ],
  figures(cells, run) {
    const ended = run === 'committed' ? 1_000_000 : 5000;
    // As ANALYZE estimates it.
    expect(figureIn(cells[8]?.text, 'pgboss.job_common', 'liveTuples')).toBeGreaterThanOrEqual(0.99 * ended);
    // A job of pg-boss with the entries of its indexes.
    const bytes = Number(/^([\d.]+) bytes an ended task/.exec(cells[9]?.text ?? '')?.[1]);
    expect(bytes).toBeGreaterThan(300);
    expect(bytes).toBeLessThan(1500);
  },
});
