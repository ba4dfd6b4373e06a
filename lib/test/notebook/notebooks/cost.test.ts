import { expect } from 'vitest';
import { describeNotebook } from '../describe-notebook.ts';

type Run = 'executed' | 'committed';
const targetsOf = (run: Run): readonly string[] =>
  run === 'committed' ? ['dbos', 'pg-boss', 'graphile-worker', 'procrastinate', 'ork'] : ['graphile-worker'];
/** An output for each target. */
const each = <Kind>(run: Run, kind: Kind): readonly Kind[] => targetsOf(run).map(() => kind);

describeNotebook('cost', {
  parameters: { targets: '["graphile-worker"]', loadSeconds: '4', idleSeconds: '4', rounds: '1' },
  cells: (run) => [
    ['let targets', 'nothing'],
    ['import {', 'nothing'],
    ['await measureCost', each(run, 'series')],
    ['plotCosts(measured)', 'plot: What a queue costs in its database'],
    ['costTable(measured)', 'table'],
    ['statementsOf(', 'text'],
    ['plotBystander(', 'plot: Bystander, p99'],
  ],
  figures(cells, run) {
    const said = [...(cells[5]?.text ?? '').matchAll(/^([\w-]+): ([\d.]+) commits a task; most often, ([\d,]+) times/gm)];
    expect(said.map(([, target]) => target)).toEqual(targetsOf(run));
    for (const [, , commits, calls] of said) {
      expect(Number(commits)).toBeGreaterThan(0.2);
      expect(Number(commits)).toBeLessThan(100);
      expect(Number(calls?.replaceAll(',', ''))).toBeGreaterThan(50);
    }
  },
});
