import { expect } from 'vitest';
import { describeNotebook, wereQuiet } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('tuning', {
  parameters: { places: '[1,2,4,8]', runs: '20', rounds: '1' },
  cells: [
    ['let target', 'nothing'],
    ['import {', 'nothing'],
    ["'scheduler.max_concurrent_dispatches': places", 'series'],
    ['plotSweep(byPlaces)', 'plot: hroughput'],
    ['const shares', 'table'],
    ['scalingOf(byPlaces)', 'table'],
    ['const enough', 'text'],
    ["'scheduler.poll_interval_secs': polls", 'plot: esponse time p50'],
    ['const effects', 'text'],
  ],
  figures(cells, run) {
    const [places, rounds] = run === 'committed' ? [[4, 8, 16, 32, 64, 128], 3] : [[1, 2, 4, 8], 1];
    expect(cells[2]?.text).toContain(`${places.length * rounds} of ${places.length * rounds} experiments done`);
    // "With n places no more than n / 0.02 s tasks a second can be done, whatever the engine."
    const measured = places.map((count) => {
      const of = (column: string): number => figureIn(cells[4]?.text, `${count}`, column);
      expect(of('allowedTasksPerSecond')).toBe(50 * count);
      expect(of('measuredTasksPerSecond')).toBeLessThan(50 * count * 1.02);
      expect(of('ofAllowed')).toBeCloseTo(of('measuredTasksPerSecond') / (50 * count), 1);
      return of('measuredTasksPerSecond');
    });
    // The fewest of 90 % of the most.
    const enough = places[measured.findIndex((rate) => rate >= 0.9 * Math.max(...measured))];
    expect(cells[6]?.text).toContain(`${enough} places do `);
    expect(cells[6]?.text).toMatch(/places still bind|they still help|they do not bind any more/);
    expect(cells[5]?.text).toMatch(/^(lambda|cannot be told)/m);
    expect(cells[8]?.text).toMatch(/^graphile-worker: .*\ndbos: /);
    if (!wereQuiet(cells)) return;
    // Few places are busy all the time.
    expect(measured[0]).toBeGreaterThan(50 * places[0]! * 0.7);
    expect(measured[1]! / measured[0]!).toBeGreaterThan(1.5);
    // DBOS polls, graphile-worker is woken by NOTIFY.
    expect(cells[8]?.text).toMatch(/dbos: .* polling matters here/);
    if (run === 'committed') expect(cells[8]?.text).toMatch(/graphile-worker: .* polling hardly matters here/);
  },
});
