import { expect } from 'vitest';
import { describeNotebook } from '../describe-notebook.ts';

describeNotebook('workflows', {
  parameters: { targets: '["dbos"]', polls: '[0.5,0.02]', runs: '6' },
  cells: [
    ['let targets', 'nothing'],
    ['import {', 'nothing'],
    ['const shapes', 'nothing'],
    ['const rows', 'table'],
    ['const gaps', 'plot: Ready and not begun'],
    ['plotGantt(fans[0]!)', 'plot: of it ready, with nothing begun'],
    ['plotWidthOverTime(fans)', 'plot: Tasks of a run at once'],
    ['const byPoll', 'table'],
    ['const [seldom, often]', 'text'],
    ["target: 'graphile-worker'", 'text'],
  ],
  figures(cells, run) {
    const targets = run === 'committed' ? ['dbos', 'pg-boss'] : ['dbos'];
    const lines = (cells[3]?.text ?? '').split('\n').filter((line) => targets.some((target) => line.startsWith(target)));
    expect(lines).toHaveLength(3 * targets.length);
    for (const line of lines) {
      const [, shape = '', longestWay] = line.trim().split(/\s{2,}/);
      // "The longest way through a run is 7, 3 and 3 tasks."
      expect(longestWay, line).toBe({ chain: '7', fan: '3', tree: '3' }[shape]);
      // "An engine that keeps the order has none."
      expect(line).toMatch(/ 0$/);
    }
    const byPoll = (cells[7]?.text ?? '')
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([poll]) => Number.isFinite(poll) && poll !== 0);
    const gapAt = (seconds: number): number => byPoll.find(([poll]) => poll === seconds)?.[1] ?? Number.NaN;
    // Twice half an interval on average, where looking itself costs nothing.
    expect(gapAt(0.5)).toBeGreaterThan(0.25);
    expect(gapAt(0.02)).toBeLessThan(gapAt(0.5));
    expect(cells[8]?.text).toMatch(/^dbos: looking every 0.02 s and not every 0.5 s, the median gap is \d+ ms and not \d+ ms: polling is/);
    expect(cells[9]?.text).toContain('shape: expected parallel (graphile-worker has no dependencies between jobs');
  },
});
