import { expect } from 'vitest';
import { describeNotebook } from '../describe-notebook.ts';

describeNotebook('history', {
  parameters: { nights: '1' },
  cells: [
    ['let target', 'nothing'],
    ['import {', 'nothing'],
    ['parseHistoryCsv(readFileSync', 'plot: nightly on graphile-worker: 3 changes over 48 experiments'],
    ['const changesOf', 'table'],
    ['const alarms', 'table'],
    ['for (const [index, build]', 'text'],
    ['plotHistory(ownLines)', 'plot: own on graphile-worker: '],
    ['const found', 'text'],
    ['const together', 'table'],
  ],
  figures(cells, run) {
    const nights = run === 'committed' ? 12 : 1;
    // The file is fixed, and so is what is found in it.
    expect(
      [...(cells[3]?.text ?? '').matchAll(/^([a-z]\S+) +(\S+)-nightly +(\S+) % +(better|worse)/gm)].map((row) => row.slice(1)),
    ).toEqual([
      ['response.p99', '2026-08-23T02-09-39', '8.1', 'worse'],
      ['scheduler.cpuPerTask', '2026-09-04T02-05-42', '-5.6', 'better'],
      ['scheduler.rssBytesPeak', '2026-09-04T02-05-42', '22.0', 'worse'],
    ]);
    expect(cells[3]?.text).toContain('commit 94e3d05c → e20b8817');
    expect(cells[3]?.text).toContain('engine version 0.17.3 → 0.18.0');
    // "Three alarms": the backup, the regression, and nothing at all.
    expect([...(cells[4]?.text ?? '').matchAll(/-nightly/g)]).toHaveLength(3);
    expect(cells[5]?.text).toContain(`${2 * nights} experiments of 2 builds`);
    expect(cells[7]?.text).toContain(`The build changed with experiment ${nights + 1}.`);
    if (run === 'committed') expect(cells[7]?.text).toMatch(/Found: (throughput|response time p50) from experiment 13 on \(build-2\)/);
    else expect(cells[7]?.text).toContain('Nothing was found, and in 2 experiments nothing can be');
    expect(cells[8]?.text).toMatch(/^nightly +graphile-worker .* 48$/m);
    expect(cells[8]?.text).toMatch(new RegExp(`^own +graphile-worker .* ${2 * nights}$`, 'm'));
  },
});
