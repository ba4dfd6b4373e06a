import { expect } from 'vitest';
import { describeNotebook, wereQuiet } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('latency', {
  parameters: { config: 'quick' },
  cells: [
    ['let config', 'nothing'],
    ['import {', 'nothing'],
    ['const burst = await runExperiment', 'experiment'],
    ['show(latencyOf(burst))', 'table'],
    ['show(plotLatency(burst))', 'plot: Response time: '],
    ["plotLatencyEcdf(burst, { axis: 'tail' })", 'plot: Share of finished tasks'],
    ['taskPhases(burst)', 'table'],
    ['plotLatencyOverTime(burst)', 'plot: Response time over time'],
    ['const stalled = await runExperiment', 'experiment'],
    ['plotLatencyOverTime(stalled)', 'plot: Response time over time'],
    ['show(latencyOf(stalled))', 'table'],
    ["plotLatencyEcdf(stalled, { axis: 'tail' })", 'plot: Share of finished tasks'],
    ['latencyQuantiles(stalled', ['table', 'table']],
  ],
  figures(cells, run) {
    const tasks = run === 'committed' ? 250 : 50;
    expect(cells[3]?.text).toMatch(new RegExp(`latency +${tasks} `));
    // Poisson with a seed: always the same 56 runs of two tasks.
    expect(cells[8]?.text).toContain('112 of 112 finished');
    // "In a burst a response time is a place in the queue: the points make a ramp."
    expect(figureIn(cells[3]?.text, 'response time', 'maxSeconds')).toBeGreaterThan(
      1.5 * figureIn(cells[3]?.text, 'response time', 'minSeconds'),
    );
    // "Every task that was due during the stall had to wait for its end", 1.5 s for the earliest; "the slowest tenth is all stall, while the
    // median hardly notices"; "one that stands still creates none", so those runs waited to become tasks.
    const stall = (row: string, column: string): number => figureIn(cells[10]?.text, row, column);
    expect(stall('response time', 'maxSeconds')).toBeGreaterThan(1.4);
    if (wereQuiet(cells)) expect(stall('response time', 'p90Seconds')).toBeGreaterThan(2 * stall('response time', 'p50Seconds'));
    expect(stall('submission', 'maxSeconds')).toBeGreaterThan(1);
    // "The first two seconds, and the rest."
    const [before = '', rest = ''] = (cells[12]?.text ?? '').split(/\n(?=phase )/);
    expect(figureIn(before, 'response time', 'maxSeconds')).toBeLessThan(figureIn(rest, 'response time', 'maxSeconds'));
    expect(figureIn(before, 'response time', 'count') + figureIn(rest, 'response time', 'count')).toBe(112);
  },
});
