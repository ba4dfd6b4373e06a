import { describe, expect, it } from 'vitest';
import { backlog } from '../../src/analysis/backlog.ts';
import { limitEvidence } from '../../src/analysis/limit-evidence.ts';
import { longestStall } from '../../src/analysis/stall.ts';
import { steadyFigures } from '../../src/analysis/steady-figures.ts';
import { verdictOf } from '../../src/analysis/verdict.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { handmadeExperiment, run, task, zeroMs } from '../support/handmade-experiment.ts';
import { evenly, queueExperiment } from '../support/queue.ts';

function backlogOf(experiment: Experiment, seconds: number) {
  return backlog(experiment, zeroMs, zeroMs + seconds * 1000);
}

describe('a target that does not keep up with a constant rate', () => {
  // 20 tasks a second are what 10 places can do with tasks of half a second.
  const half = { places: 10, serviceMs: 500 };

  it.each([
    ['twice too much, 40 tasks a run', { ...half, tasksPerRun: 40, dueMs: evenly(1, 0, 10) }, 20],
    ['a quarter too much, 10 tasks a run', { ...half, tasksPerRun: 10, dueMs: evenly(2.5, 0, 10) }, 5],
    ['a fifth too much for 6 s', { ...half, dueMs: evenly(24, 0, 6) }, 4],
    ['a twentieth too much', { ...half, dueMs: evenly(21, 0, 10) }, 1],
  ])('is found: %s', (_, queue, tooMuchPerSecond) => {
    const experiment = queueExperiment(queue);
    const { grows, growthPerSecond } = backlogOf(experiment, (queue.dueMs.at(-1) ?? 0) / 1000);
    expect(grows).toBe(true);
    expect(growthPerSecond / tooMuchPerSecond).toBeGreaterThan(0.8);
    expect(growthPerSecond / tooMuchPerSecond).toBeLessThan(1.2);
    expect(verdictOf(experiment).limitedBy).toBe('target');
    expect(steadyFigures(experiment).state.found).toBe(false);
  });

  it.each([
    ['with room to spare', { ...half, dueMs: evenly(10, 0, 20) }],
    ['runs of more tasks than it has places', { ...half, tasksPerRun: 15, dueMs: evenly(1, 0, 20) }],
    ['tasks that take half as long as the load: they fill up first', { places: 1000, serviceMs: 5000, dueMs: evenly(100, 0, 10) }],
    ['a rate that rises', { places: 1000, serviceMs: 500, dueMs: [...evenly(10, 0, 10), ...evenly(100, 10, 20)] }],
  ])('is not confused with one that does: %s', (_, queue) => {
    const experiment = queueExperiment(queue);
    expect(backlogOf(experiment, (queue.dueMs.at(-1) ?? 0) / 1000).grows).toBe(false);
    expect(verdictOf(experiment)).toMatchObject({ limitedBy: 'nothing', sentence: expect.stringContaining('its backlog did not grow') });
  });

  it('is found in the middle of a load that is light before and after', () => {
    // 160 tasks too many in 4 s: gone 9.4 s later, long before the end.
    const experiment = queueExperiment({ ...half, dueMs: [...evenly(8, 0, 4), ...evenly(60, 4, 8), ...evenly(3, 8, 20)] });
    const { limitedBy, sentence, evidence } = verdictOf(experiment);
    expect(evidence.backlogGrows).toBe(false);
    expect(limitedBy).toBe('target');
    expect(sentence).toMatch(/^The target limited it for 6\d % of the time: then its 10 places \(places 10\) were all taken/);
    expect(evidence.overloadedRatio).toBeCloseTo(13 / 20, 0);
  });
});

describe('a stall', () => {
  const light = { places: 20, serviceMs: 20, dueMs: evenly(50, 0, 15) };

  it.each([4, 7, 11])('is in the figures of the steady part and named, wherever it is: at second %d', (second) => {
    const experiment = queueExperiment({ ...light, stall: { fromMs: second * 1000, toMs: second * 1000 + 2000 } });
    const { limitedBy, notes } = verdictOf(experiment);
    expect(limitedBy).toBe('nothing');
    expect(notes[0]).toEqual(
      expect.stringMatching(/^A stall: no task was dispatched, started or ended from .* while up to 10\d waited\.$/),
    );
    const stall = longestStall(experiment);
    expect(stall?.fromSeconds).toBeCloseTo(second, 1);
    expect(stall?.toSeconds).toBeCloseTo(second + 2, 1);
    const { state, figures } = steadyFigures(experiment);
    if (!state.found) throw new Error(state.reason);
    expect(state.fromSeconds).toBeLessThan(second);
    expect(figures.responseSeconds.max).toBeCloseTo(2.02, 1);
  });

  it('that lasts to the end is one, too', () => {
    const dueMs = evenly(10, 0, 10);
    const tasks = dueMs.map((due, runIndex) =>
      due < 4000
        ? task('finished', { created: due, dispatched: due + 5, started: due + 5, finished: due + 105 }, { runIndex })
        : task('lost', { created: due }, { runIndex }),
    );
    const runs = dueMs.map((due, index) => run(index, due, due, 'submitted', { due }));
    const stall = longestStall(handmadeExperiment({ runs, tasks, times: { drainedMs: 20_000 } }));
    expect(stall).toEqual({ fromSeconds: 4.005, toSeconds: 20, waitingTasks: 60 });
  });

  it('is not a pause that the polling interval explains', () => {
    const experiment = queueExperiment({ ...light, stall: { fromMs: 7000, toMs: 9000 } });
    const polling = (seconds: number): Experiment => {
      const { config } = experiment.manifest;
      const scheduler = { ...config.scheduler, poll_interval_secs: seconds };
      return { ...experiment, manifest: { ...experiment.manifest, config: { ...config, scheduler } } };
    };
    expect(longestStall(polling(1))).toBeUndefined();
    expect(longestStall(polling(0.7))?.toSeconds).toBeCloseTo(9, 1);
  });

  it.each([
    ['an engine that polls once a second', queueExperiment({ ...light, places: 1000, serviceMs: 5 }), 1000],
    ['an engine without a pause', queueExperiment(light), 1],
  ])('is not seen in %s', (_, experiment, pollMs) => {
    const tasks = (experiment.tasks.objects({ limit: Infinity }) as unknown as { runIndex: number; createdMs: number }[]).map(
      ({ runIndex, createdMs }) => {
        const dispatched = Math.ceil((createdMs - zeroMs) / pollMs) * pollMs;
        return task('finished', { created: createdMs - zeroMs, dispatched, started: dispatched, finished: dispatched + 5 }, { runIndex });
      },
    );
    const runs = light.dueMs.map((due, index) => run(index, due, due, 'submitted', { due }));
    expect(longestStall(handmadeExperiment({ runs, tasks }))).toBeUndefined();
  });
});

describe('a bound on the runs in flight', () => {
  it('held the load up where the target waited for work', () => {
    // Two at a time, 0.1 s each: 20 a second; 50 a second are due, so that the last are sent 12 s late.
    const dueMs = evenly(50, 0, 8);
    const sentMs = (due: number): number => (due / 20) * 50;
    const experiment = queueExperiment({ dueMs, places: 20, serviceMs: 100, lateMs: (due) => sentMs(due) - due, maxInFlight: 2 });
    const { limitedBy, sentence, evidence } = verdictOf(experiment);
    expect(evidence.runsInFlight).toBeCloseTo(2, 0);
    expect(limitedBy).toBe('nothing');
    expect(sentence).toMatch(
      /^Nothing limited it but max_in_flight: (2|1\.9\d) of 2 runs were in flight on average \(each took 100 ms, p50\)/,
    );
  });

  it.each([
    // A run of 90 ms and 10 ms until that is seen, and one of 8 ms and 12.
    [90, 100, 'nothing', 'Nothing limited it but the number of runs in flight (3.6 of 4 on average)'],
    [8, 20, 'driver', 'it held 1.6 of 4 runs in flight on average, as a run took 8 ms (p50) and orchlab looks every 20 ms only'],
  ])('is held in a closed loop or not: runs of %d ms, one every %d ms', (serviceMs, everyMs, expected, words) => {
    const dueMs = Array.from({ length: 400 }, (_, index) => Math.floor(index / 4) * everyMs);
    const experiment = queueExperiment({ dueMs, places: 20, serviceMs, lateMs: () => 0, arrival: { closed: 4 } });
    const runWatch = { reads: 1, failures: 0, readMsMean: 1, intervalMsMean: 20 };
    const { limitedBy, sentence } = verdictOf({ ...experiment, manifest: { ...experiment.manifest, runWatch } });
    expect(sentence).toContain(words);
    expect(limitedBy).toBe(expected);
  });
});

describe('what can not be judged', () => {
  it('is a load of which most tasks failed', () => {
    const dueMs = evenly(10, 0, 10);
    const tasks = dueMs.map((due, runIndex) =>
      task(runIndex % 10 === 0 ? 'finished' : 'failed', { created: due, dispatched: due, started: due, finished: due + 5 }, { runIndex }),
    );
    const runs = dueMs.map((due, index) => run(index, due, due, 'submitted', { due }));
    const { limitedBy, sentence, notes } = verdictOf(handmadeExperiment({ runs, tasks }));
    expect(limitedBy).toBe('unknown');
    expect(sentence).toContain('90 % of the tasks failed or were cancelled');
    expect(notes).toContain('90 % of the tasks failed, were cancelled or lost: latency and throughput are of those that finished.');
  });

  it('is an experiment that failed', () => {
    const experiment = queueExperiment({ places: 20, serviceMs: 20, dueMs: evenly(10, 0, 10) });
    const manifest = { ...experiment.manifest, status: 'failed', reason: 'scheduler 0 ended with SIGKILL' } as const;
    expect(verdictOf({ ...experiment, manifest })).toMatchObject({
      limitedBy: 'unknown',
      sentence: 'What limited it is not judged: the experiment failed (scheduler 0 ended with SIGKILL).',
    });
  });
});

describe('the span that is judged', () => {
  it('ends when the experiment did, not when the last run would have been due', () => {
    const dueMs = evenly(10, 0, 20);
    const runs = dueMs.map((due, index) =>
      due <= 5000 ? run(index, due, due, 'submitted', { due }) : run(index, Number.NaN, Number.NaN, 'dropped', { due }),
    );
    const tasks = dueMs
      .filter((due) => due <= 5000)
      .map((due, runIndex) => task('finished', { created: due, dispatched: due, started: due, finished: due + 5 }, { runIndex }));
    const evidence = limitEvidence(handmadeExperiment({ runs, tasks, times: { loadEndedMs: 5050 } }));
    expect(evidence.toSeconds).toBe(5);
    expect(evidence.droppedRuns).toBe(0);
    expect(evidence.offeredTasksPerSecond).toBe(10);
  });

  it('counts as done what the target did in it, of the warm-up too', () => {
    // 20 a second of what was due in the warm-up are done until second 3, then those that count.
    const runs = Array.from({ length: 100 }, (_, index) =>
      run(index, index * 50, index * 50, 'submitted', { due: index * 50, warmUp: index < 40 }),
    );
    const tasks = runs.map(({ runIndex }) =>
      task(
        'finished',
        { created: runIndex * 50, dispatched: runIndex * 50, started: runIndex * 50, finished: runIndex * 50 + 1000 },
        { runIndex },
      ),
    );
    expect(limitEvidence(handmadeExperiment({ runs, tasks })).doneTasksPerSecond).toBeCloseTo(20, 0);
  });

  it('has no more tasks in places than there are: what an engine takes beyond them waits there', () => {
    const tasks = Array.from({ length: 100 }, (_, runIndex) =>
      task('finished', { created: 0, dispatched: 0, started: runIndex * 100, finished: runIndex * 100 + 100 }, { runIndex }),
    );
    const runs = tasks.map(({ runIndex }) => run(runIndex, runIndex * 100, runIndex * 100, 'submitted', { due: runIndex * 100 }));
    const { tasksInPlace, places, waitingTasks } = limitEvidence(handmadeExperiment({ runs, tasks }));
    expect([tasksInPlace, places]).toEqual([20, 20]);
    expect(waitingTasks).toBeGreaterThan(30);
  });
});
