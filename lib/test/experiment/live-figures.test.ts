import { expect, it } from 'vitest';
import { parseThresholds } from '../../src/config/threshold.ts';
import { LiveFigures } from '../../src/experiment/live-figures.ts';

it('knows the rate of a window hours later, and keeps only the readings about its ends', () => {
  const thresholds = parseThresholds('throughput.tasksPerSecond[3600..7200] > 0 or abort, throughput.tasksPerSecond > 0 or abort');
  const [ofWindow, ofAll] = thresholds;
  const figures = new LiveFigures({ tasksOf: () => 1, thresholds, isClosed: false });
  const run = {
    runIndex: 0,
    runId: '',
    dueMs: 1e12,
    sentMs: 1e12,
    acknowledgedMs: 1e12,
    status: 'submitted',
    error: '',
    workflow: 'live',
    warmUp: false,
  } as const;
  figures.take('runs', run);
  // Ten a second in the first hour, then twenty, then none; read once a second, a third of a second after it is full.
  const endedAt = (seconds: number): number => 10 * Math.min(seconds, 3600) + 20 * Math.max(0, Math.min(seconds, 7200) - 3600);
  for (let second = 1; second <= 6 * 3600; second++)
    figures.take('counts', {
      atMs: 1e12 + 1000 * second + 333,
      readMs: 1,
      submittedRuns: endedAt(second),
      submittedTasks: endedAt(second),
      openRuns: 0,
      openTasks: 0,
    });
  expect(ofWindow && figures.value(ofWindow)).toBeCloseTo(20, 6);
  expect(ofAll && figures.value(ofAll)).toBeCloseTo(108_000 / (6 * 3600 + 0.333), 6);
  expect(figures.firstEndMs).toBe(1e12 + 1333);
  // Sixty seconds before and after the start of the load, and either end of the window; the last two.
  expect(figures.keptReadings).toBeLessThan(5 * 60 + 10);
});
