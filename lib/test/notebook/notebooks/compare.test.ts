import { expect } from 'vitest';
import { describeNotebook, titleOf } from '../describe-notebook.ts';

describeNotebook('compare', {
  parameters: { rounds: '2', runs: '20' },
  cells: [
    ['let target', 'nothing'],
    ['import {', 'nothing'],
    ['const config', 'nothing'],
    ['const same = await bench', 'plot: '],
    ['const ratios', ['table', 'text']],
    ['const fewer = await bench', 'plot: '],
    ['const throughput', 'text'],
    ['fewerCompared', 'comparison'],
    ['gateOf(b', 'table'],
  ],
  figures(cells, run) {
    const rounds = run === 'committed' ? 10 : 2;
    expect([...(cells[4]?.text ?? '').matchAll(/^ +(\d+) +\d/gm)].map(([, round]) => Number(round))).toEqual(
      Array.from({ length: rounds }, (_, index) => index + 1),
    );
    expect(cells[6]?.text).toMatch(new RegExp(`By arithmetic .* is 0\\.900 .* after ${rounds} rounds`));
    const gate = (row: string): string =>
      new RegExp(`^${row} {2,}.* (passed|failed|inconclusive)\\b`, 'm').exec(cells[8]?.text ?? '')?.[1] ?? '';
    if (run === 'executed') {
      // "So few could not show anything, even if they all agreed."
      for (const cell of [3, 5]) expect(titleOf(cells[cell])).toContain("can't be told in any of 3 figures: 2 rounds are too few to judge");
      expect(cells[6]?.text).toContain('"cannot tell": 4 more rounds');
      expect([gate('A again'), gate('B')]).toEqual(['inconclusive', 'inconclusive']);
      return;
    }
    // Of what is the same nothing is called better or worse; the fewer places are found out.
    expect(titleOf(cells[3])).not.toMatch(/slower|faster/);
    expect(titleOf(cells[5])).toMatch(/slower in .*throughput \(-\d/);
    const [, measured] = /measured: ([\d.]+)/.exec(cells[6]?.text ?? '') ?? [];
    expect(Number(measured)).toBeGreaterThan(0.87);
    expect(Number(measured)).toBeLessThan(0.93);
    expect(gate('A again')).not.toBe('failed');
    // What only the host may have slowed down does not fail.
    expect(gate('B')).toBe(/limited by host|limited by driver/.test(cells[7]?.text ?? '') ? 'inconclusive' : 'failed');
  },
});
