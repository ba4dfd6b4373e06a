import { expect } from 'vitest';
import { describeNotebook, wereQuiet } from '../describe-notebook.ts';

describeNotebook('capacity', {
  parameters: { seconds: '4', resolution: '0.2', mostProbes: '3' },
  cells: [
    ['let target', 'nothing'],
    ['import {', 'nothing'],
    ['const ceiling', 'text'],
    ['await findCapacity', 'series'],
    ['plotCapacity(search)', 'plot: '],
    ['capacityOf(search)', 'text'],
    ['plotLatencyOverTime(', 'plot: Response time over time'],
    ['const proof', 'experiment'],
    ['verdictOf(proof)', 'text'],
  ],
  figures(cells, run) {
    // 300 ms are 200 more than a task takes: a queue of 8 tasks, which pile up in 9 s at 0.9 a second.
    expect(cells[2]?.text).toContain(
      run === 'committed' ? '40 tasks a second at most, 40.9 for 10 s' : '40 tasks a second at most, 42.2 for 4 s',
    );
    const probes = [...(cells[3]?.text ?? '').matchAll(/^ *([\d.]+) +([\d.]+) +(kept|missed|discarded)/gm)].map(
      ([, rate, seconds, answer]) => ({
        rate: Number(rate),
        seconds: Number(seconds),
        answer,
      }),
    );
    expect(probes[0]?.rate).toBe(20);
    // What is well beyond the ceiling is never kept, whatever the machine.
    for (const { rate, answer } of probes) if (rate > 1.15 * 40) expect(answer).not.toBe('kept');
    const [, low, high, ended] =
      /Kept up to ([\d.]+|not known).*missed from ([\d.]+|not known).* \(([\w ]+)\)\.\nBy arithmetic: 40\.0 in the long run/.exec(
        cells[5]?.text ?? '',
      ) ?? [];
    expect(ended).toBeDefined();
    if (run === 'committed') {
      expect(ended).toBe('found');
      expect(Number(low)).toBeGreaterThan(0.9 * 40);
      expect(Number(low)).toBeLessThan(40.9);
      expect(Number(high)).toBeLessThan(1.07 * 40);
      expect(Number(high) / Number(low)).toBeLessThan(1.06);
      expect(cells[5]?.text).toContain('Limited by: target');
      expect(probes.some(({ seconds, answer }) => seconds === 30 && answer === 'kept')).toBe(true);
    }
    if (!wereQuiet(cells)) return;
    expect(probes[0]?.answer).not.toBe('missed');
    // "With twice the places a rate well beyond the ceiling should be kept."
    expect(cells[8]?.text).toMatch(/^60 runs\/s with 8 places: response time p90 [12]\d\d ms/);
  },
});
