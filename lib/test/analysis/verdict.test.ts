import { describe, expect, it } from 'vitest';
import { counterRateBetween } from '../../src/analysis/counter-rate.ts';
import { limitEvidence } from '../../src/analysis/limit-evidence.ts';
import { verdictOf } from '../../src/analysis/verdict.ts';
import { longestStall } from '../../src/analysis/stall.ts';
import { histogram } from '../../src/analysis/merged-histogram.ts';
import { steadyState } from '../../src/analysis/steady-state.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { timesInDoubt } from '../../src/analysis/times-in-doubt.ts';
import type { Places } from '../../src/results/target-profile.ts';
import { boundedPlaces } from '../../src/targets/target-profile.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { type BuildOptions, buildExperiment, replaceTables } from '../support/build-experiment.ts';
import { handmadeExperiment, run as handmadeRun, task } from '../support/handmade-experiment.ts';

interface Usage {
  /** Cores that each group uses all along. */
  readonly scheduler?: number;
  readonly workers?: number;
  readonly postgres?: number;
  readonly driver?: number;
  /** Cores that programs of others use. */
  readonly others?: number;
  /** Cores that the hypervisor takes. */
  readonly steal?: number;
  readonly active?: number;
  readonly waitingForLock?: number;
}

function rowsOf<T extends 'tasks' | 'runs' | 'processes' | 'host' | 'postgres'>(experiment: Experiment, name: T): readonly Row<T>[] {
  return experiment[name].objects({ limit: Infinity }) as unknown as readonly Row<T>[];
}

/** A built experiment in which everything sampled rises evenly, so that every share is exact. */
function experimentWith(options: BuildOptions, usage: Usage = {}): Experiment {
  const built = buildExperiment({ sampleInterval: 0.2, ...options });
  const cores: Readonly<Record<string, number>> = { scheduler: 0.2, workers: 0.2, postgres: 0.2, driver: 0.06, ...usage };
  const [first] = rowsOf(built, 'host');
  const seconds = (atMs: number): number => (atMs - (first?.atMs ?? 0)) / 1000;
  const ours = (cores['scheduler'] ?? 0) + (cores['workers'] ?? 0) + (cores['postgres'] ?? 0) + (cores['driver'] ?? 0);
  return replaceTables(built, {
    processes: rowsOf(built, 'processes').map((row) => ({ ...row, cpuSeconds: (cores[row.role] ?? 0) * seconds(row.atMs) })),
    host: rowsOf(built, 'host').map((row) => ({
      ...row,
      cpuBusySeconds: (ours + (usage.others ?? 0)) * seconds(row.atMs),
      cpuStealSeconds: (usage.steal ?? 0) * seconds(row.atMs),
    })),
    waits: [],
    postgres: rowsOf(built, 'postgres').map((row) => ({
      ...row,
      connectionsActive: usage.active ?? 4,
      connectionsWaitingForLock: usage.waitingForLock ?? 0,
    })),
  });
}

function wait(atMs: number, waitEventType: string, waitEvent: string, connections: number, subject = ''): Row<'waits'> {
  return { atMs, waitEventType, waitEvent, subject, client: 'engine', connections };
}

function withRuns(experiment: Experiment, change: (run: Row<'runs'>) => Row<'runs'>): Experiment {
  return replaceTables(experiment, { runs: rowsOf(experiment, 'runs').map(change) });
}

/** 50 tasks/s for 20 places that can do some 150. */
const light: BuildOptions = { runs: 200, sendSeconds: 20 };
/** 250 tasks/s for the same. */
const heavy: BuildOptions = { runs: 500, sendSeconds: 10 };

describe('verdict', () => {
  it('nothing: the target kept up with the schedule', () => {
    const { limitedBy, sentence, notes } = verdictOf(experimentWith(light));
    expect(limitedBy).toBe('nothing');
    expect(sentence).toMatch(/^Nothing limited it: the target kept up with the 50 tasks\/s offered .* at most 0\.5 ms late\.$/);
    expect(notes).toEqual([]);
  });

  it('target: all places taken while tasks wait', () => {
    const { limitedBy, sentence, evidence } = verdictOf(experimentWith(heavy));
    expect(limitedBy).toBe('target');
    expect(sentence).toMatch(
      /of its 20 places \(workerConcurrency 20\) were taken on average while \d+ tasks waited, with 67 % of the host's CPU idle; of 250 tasks\/s offered, 1\d\d were done\./,
    );
    expect(evidence.backlogGrows).toBe(true);
    expect(evidence.backlogGrowthPerSecond).toBeGreaterThan(50);
  });

  it('target: all places taken, in a burst', () => {
    const { limitedBy, sentence } = verdictOf(experimentWith({}));
    expect(limitedBy).toBe('target');
    expect(sentence).not.toContain('offered');
  });

  it("target: the scheduler's one core is used up", () => {
    const { limitedBy, sentence } = verdictOf(experimentWith(heavy, { scheduler: 0.97 }));
    expect(limitedBy).toBe('target');
    expect(sentence).toContain('its scheduler used 97 % of a core');
  });

  it('target: tasks wait while places and CPU are free', () => {
    const waits = experimentWith({ runs: 100 });
    const tasks = rowsOf(waits, 'tasks').map((row) => ({
      ...row,
      dispatchedMs: row.finishedMs - 60,
      startedMs: row.finishedMs - 60,
    }));
    const { limitedBy, sentence } = verdictOf(replaceTables(waits, { tasks }));
    expect(limitedBy).toBe('target');
    expect(sentence).toMatch(
      /by its own pace \(polling, limits\): \d+ tasks waited .* of its 20 places \(workerConcurrency 20\) were free and 67 % of the host's CPU was idle/,
    );
  });

  it('target: says nothing of the database for the waits of one connection in a few readings', () => {
    const waits = experimentWith({ runs: 100 }, { active: 1, waitingForLock: 1 });
    const tasks = rowsOf(waits, 'tasks').map((row) => ({ ...row, dispatchedMs: row.finishedMs - 60, startedMs: row.finishedMs - 60 }));
    const { limitedBy, sentence } = verdictOf(replaceTables(waits, { tasks }));
    expect(limitedBy).toBe('target');
    expect(sentence).not.toContain('connections waited');
  });

  it('target: it accepts runs slowly', () => {
    const slow = withRuns(experimentWith(light), (run) => ({ ...run, sentMs: run.sentMs + 1000, acknowledgedMs: run.sentMs + 3500 }));
    const { limitedBy, sentence } = verdictOf(slow);
    expect(sentence).toContain('by how fast it accepted runs: 2.5 s each (p50)');
    expect(limitedBy).toBe('target');
  });

  it('driver: its core is used up, and it is late', () => {
    const late = withRuns(experimentWith(light, { driver: 0.96 }), (run) => ({ ...run, dueMs: run.dueMs - 400 }));
    const { limitedBy, sentence, notes } = verdictOf(late);
    expect(limitedBy).toBe('driver');
    expect(sentence).toContain('it used 96 % of a core and sent runs up to 401 ms late, while');
    expect(notes).toEqual(['The driver, with what it samples, used 96 % of a core.']);
  });

  it('driver: late for another reason, with a target that waits for work', () => {
    const { limitedBy, sentence } = verdictOf(withRuns(experimentWith(light), (run) => ({ ...run, dueMs: run.dueMs - 400 })));
    expect(limitedBy).toBe('driver');
    expect(sentence).toContain('though it used 6 % of a core only');
  });

  it('database: its connections wait for locks', () => {
    const { limitedBy, sentence } = verdictOf(experimentWith(heavy, { active: 9, waitingForLock: 8 }));
    expect(limitedBy).toBe('database');
    expect(sentence).toContain('8 of the 10 connections that schedulers may have waited on average for a lock');
  });

  it('database: its connections wait for the disk', () => {
    const busy = experimentWith(heavy, { active: 9 });
    const waits = rowsOf(busy, 'postgres').flatMap(({ atMs }) => [
      wait(atMs, 'IO', 'WalSync', 6),
      wait(atMs, 'LWLock', 'WALWrite', 2),
      wait(atMs, 'Client', 'ClientRead', 1),
    ]);
    const { limitedBy, sentence } = verdictOf(replaceTables(busy, { waits }));
    expect(limitedBy).toBe('database');
    expect(sentence).toContain(
      '8 of the 10 connections that schedulers may have waited on average for locks or disk, mostly its commit to reach the disk (IO WalSync)',
    );
  });

  it("database: commits queue for NOTIFY's lock, those of submissions only where they hold up the target", () => {
    const queued = (options: BuildOptions, client: Row<'waits'>['client'], queuedRatio: number): Experiment => {
      const built = experimentWith(options, { active: 9 });
      const waits = rowsOf(built, 'postgres').map(({ atMs }, index) => ({
        ...(index % 20 < 20 * queuedRatio ? wait(atMs, 'Lock', 'object', 4, 'NOTIFY queue') : wait(atMs, '', '', 4)),
        client,
      }));
      return replaceTables(built, { waits });
    };
    const { limitedBy, sentence, evidence } = verdictOf(queued(heavy, 'engine', 0.95));
    expect(limitedBy).toBe('database');
    expect(sentence).toContain(
      "commits that notify go one by one (NOTIFY's lock), and in 96 % of the readings some of the connections that schedulers may have queued for that",
    );
    expect(evidence.engineNotifyQueuedRatio).toBeCloseTo(0.96, 2);
    expect(verdictOf(queued(heavy, 'engine', 0.5)).limitedBy).toBe('target');
    // The target has more to do than it can, whatever submissions wait for.
    expect(verdictOf(queued(heavy, 'submissions', 1)).limitedBy).toBe('target');
    expect(verdictOf(queued(heavy, 'submissions', 1)).evidence).toMatchObject({ notifyQueuedRatio: 1, engineNotifyQueuedRatio: 0 });
    // It waits for work: runs are sent late, one after the other.
    const late = withRuns(queued(light, 'submissions', 1), (run) => ({
      ...run,
      sentMs: run.sentMs + 1000,
      acknowledgedMs: run.sentMs + 3500,
    }));
    expect(verdictOf(late)).toMatchObject({
      limitedBy: 'database',
      sentence: expect.stringContaining('connections that schedulers and driver may have queued') as string,
    });
  });

  it('database: Postgres uses most of a CPU that is used up', () => {
    const { limitedBy, sentence } = verdictOf(experimentWith(heavy, { postgres: 1.46 }));
    expect(limitedBy).toBe('database');
    expect(sentence).toContain("the host's CPU was 96 % busy, and Postgres used most of that (1.46 cores of 2)");
  });

  it('host: its CPU is used up by many', () => {
    const { limitedBy, sentence } = verdictOf(experimentWith(heavy, { workers: 0.9, postgres: 0.6, scheduler: 0.4 }));
    expect(limitedBy).toBe('host');
    expect(sentence).toContain('98 % of 2 cores busy (workers 0.9, Postgres 0.6, scheduler 0.4, driver 0.06)');
  });

  it('host: its CPU is used up by others', () => {
    const { limitedBy, sentence, notes } = verdictOf(experimentWith(heavy, { others: 1.3 }));
    expect(limitedBy).toBe('host');
    expect(sentence).toContain('98 % busy, most of it with other programs (1.3 cores of 2)');
    expect(notes).toEqual([expect.stringContaining('Noisy host: other programs used 65 % of its CPU (1.3 of 2 cores)')]);
  });

  it('host: the hypervisor takes its CPU', () => {
    const { limitedBy, sentence, notes } = verdictOf(experimentWith(heavy, { steal: 0.4 }));
    expect(limitedBy).toBe('host');
    expect(sentence).toContain('gave 20 % of its CPU to others');
    expect(notes).toHaveLength(1);
  });

  it('nothing but the runs in flight, in a closed loop without a queue', () => {
    const open = experimentWith(light);
    const config = { ...open.manifest.config, arrival: { closed: 1 } } as unknown as typeof open.manifest.config;
    const { limitedBy, sentence } = verdictOf({ ...open, manifest: { ...open.manifest, config } });
    expect(limitedBy).toBe('nothing');
    expect(sentence).toContain('but the number of runs in flight');
  });

  it('target: rejects runs and waits for work', () => {
    const rejecting = withRuns(experimentWith(light), (run) => (run.runIndex % 4 === 0 ? { ...run, status: 'rejected' } : run));
    expect(verdictOf(rejecting)).toMatchObject({ limitedBy: 'target', sentence: expect.stringContaining('it rejected 50 runs') });
  });

  it('says that it is not certain with a CPU that is nearly used up', () => {
    const waits = experimentWith({ runs: 100 }, { workers: 1.2 });
    const tasks = rowsOf(waits, 'tasks').map((row) => ({
      ...row,
      dispatchedMs: row.finishedMs - 60,
      startedMs: row.finishedMs - 60,
    }));
    const { limitedBy, sentence } = verdictOf(replaceTables(waits, { tasks }));
    expect(limitedBy).toBe('unknown');
    expect(sentence).toContain("the host's CPU was 83 % busy");
  });

  it('adds up the CPU of several schedulers where it says who used the host', () => {
    const experiment = experimentWith({ ...heavy, schedulers: 4 }, { scheduler: 0.45, workers: 0.02, postgres: 0.02, others: 3 * 0.45 });
    const { sentence, evidence } = verdictOf(experiment);
    expect(evidence).toMatchObject({ schedulerProcesses: 4 });
    expect(evidence.schedulerCpuRatio).toBeCloseTo(0.45, 9);
    expect(sentence).toContain('scheduler 1.8');
  });

  it('does not know without tasks, nor without samples', () => {
    expect(verdictOf(experimentWith({ runs: 2, tasksPerRun: 2, lost: 4 })).limitedBy).toBe('unknown');
    const bare = replaceTables(buildExperiment({ runs: 20, slots: 500 }), { processes: [], host: [], postgres: [] });
    expect(verdictOf(bare)).toMatchObject({
      limitedBy: 'unknown',
      sentence: 'What limited it is not known: nothing that was sampled was used up.',
    });
    expect(verdictOf(bare).notes).toContain("The host's CPU was not sampled over this span.");
    expect(verdictOf(replaceTables(bare, { tasks: [], runs: [] })).limitedBy).toBe('unknown');
  });

  it('does not blame the host for a load average of before: it may be of an experiment of a minute ago', () => {
    const busy = experimentWith(light);
    const host = { ...busy.manifest.host, loadAverage: [1.6, 1, 1] };
    expect(verdictOf({ ...busy, manifest: { ...busy.manifest, host } }).notes).toEqual([]);
  });

  it.each([{ kind: 'unbounded' }, { kind: 'unknown' }] as const)('claims nothing of places where they are $kind', (places) => {
    const { limitedBy, sentence, evidence } = verdictOf(withPlaces(experimentWith(heavy), places));
    expect(limitedBy).toBe('target');
    expect(sentence).toMatch(
      /^The target limited it by its own pace \(polling, limits\): \d+ tasks waited on average \(p50 \S+ s\) while 67 % of the host's CPU was idle; of 250/,
    );
    expect(evidence.places).toBeNaN();
    // What is in work is what was dispatched and has not ended: 20, not more.
    expect(evidence.tasksInPlace).toBeCloseTo(19.4, 0);
    const { sentence: easy } = verdictOf(withPlaces(experimentWith(light), places));
    expect(easy).toMatch(/^Nothing limited it: the target kept up/);
    expect(`${sentence}${easy}`).not.toMatch(/place/);
  });

  it('says where more workers lived than the declared places allow', () => {
    const five = withPlaces(experimentWith({ runs: 100 }), boundedPlaces('max_concurrent_dispatches', 5, 1));
    expect(verdictOf(five).notes).toContainEqual(
      expect.stringMatching(
        /^20 worker processes lived at once, and more than its 5 places \(max_concurrent_dispatches 5\) in \d\d readings: that does not bound its tasks, or a task takes several processes\.$/,
      ),
    );
    expect(verdictOf(experimentWith({ runs: 100 })).notes.join(' ')).not.toContain('worker processes lived');
  });
});

function withPlaces(experiment: Experiment, places: Places): Experiment {
  const { target } = experiment.manifest;
  return { ...experiment, manifest: { ...experiment.manifest, target: { ...target, places } } };
}

describe('an engine that writes down starts and ends in batches', () => {
  // ork at 10,000 tasks: nearly all were written down as started and ended by one UPDATE, while workers came and went.
  const built = experimentWith({ runs: 1000, tasksPerRun: 10, durationSeconds: 0.05 });
  const tasks = rowsOf(built, 'tasks');
  const lastMs = Math.max(...tasks.map(({ finishedMs }) => finishedMs));
  const batched = replaceTables(built, {
    tasks: tasks.map((row, index) => (index < 3 ? row : { ...row, startedMs: lastMs, finishedMs: lastMs })),
  });

  it('is said, with what shows it; execution, dispatch, places and stalls are not claimed', () => {
    const { sentence, notes, evidence } = verdictOf(batched);
    expect(notes).toContainEqual(
      expect.stringMatching(
        /^The engine's times of starts and ends are not when tasks started and ended: by them 9997 of 10000 tasks ran for less than half of the 50 ms that each works; 9997 of 10000 ended in one and the same moment; workers lived in \d+ readings, around \d+ of which no task ran\. Execution, /,
      ),
    );
    expect(notes.join(' ')).not.toContain('A stall');
    expect(sentence).not.toMatch(/place/);
    expect(evidence.places).toBeNaN();
    const { executionSeconds, dispatchSeconds, responseSeconds } = summarize(batched);
    expect([executionSeconds.max, dispatchSeconds.p50]).toEqual([null, null]);
    expect(responseSeconds.p50).toBeGreaterThan(1);
  });

  it('is in no histogram of execution and makes no part steady', () => {
    expect(histogram(batched, { phase: 'execution' }).count).toBe(0);
    expect(histogram(batched, { phase: 'wait' }).count).toBe(10_000);
    const spread = withRuns(batched, (run) => ({ ...run, dueMs: run.dueMs + run.runIndex * 20 }));
    expect(steadyState(spread)).toMatchObject({ found: false, reason: expect.stringContaining('are not when tasks ended') });
  });

  it('is seen where ends alone were written together, without workers to see', () => {
    const together = (count: number): Experiment =>
      replaceTables(built, {
        processes: [],
        tasks: tasks.map((row, index) => (index < 10_000 - count ? row : { ...row, finishedMs: lastMs })),
      });
    expect(timesInDoubt(together(4000))).toMatchObject({ tooShort: 0, endedTogether: expect.closeTo(4000, -1), ended: 10_000 });
    expect(verdictOf(together(4000)).notes.join()).toMatch(/by them 40\d\d of 10000 ended in one and the same moment\. Execution/);
    expect(timesInDoubt(together(1000))).toBeUndefined();
  });

  it('is not doubted for workers that are always there', () => {
    // Two runs a second of 50 ms each, and eight processes that wait for them.
    const rare = experimentWith({ runs: 40, tasksPerRun: 1, sendSeconds: 20, durationSeconds: 0.05 });
    const pool = rowsOf(rare, 'processes').map((row) => (row.role === 'workers' ? { ...row, processCount: 8 + row.processCount } : row));
    expect(timesInDoubt(replaceTables(rare, { processes: pool }))).toBeUndefined();
    const places = { kind: 'bounded', count: 4, by: 'pool 8' } as const;
    const { notes } = verdictOf(withPlaces(replaceTables(rare, { processes: pool }), places));
    expect(notes.join()).not.toContain('worker processes lived at once');
  });

  it('is not doubted where its times are true', () => {
    expect(timesInDoubt(built)).toBeUndefined();
    expect(summarize(built).executionSeconds.p50).toBeCloseTo(0.05, 1);
  });

  it('a pause in what is written down is no stall while workers live', () => {
    // Ends of four seconds, written at their end.
    const [first] = tasks;
    const originMs = first?.createdMs ?? 0;
    const hold = (ms: number): number => (ms > originMs + 4000 && ms < originMs + 8000 ? originMs + 8000 : ms);
    const paused = tasks.map((row) => ({
      ...row,
      dispatchedMs: hold(row.dispatchedMs),
      startedMs: hold(row.startedMs),
      finishedMs: hold(row.finishedMs),
    }));
    const withWorkers = replaceTables(built, { tasks: paused });
    expect(longestStall(withWorkers)).toBeUndefined();
    const idle = rowsOf(built, 'processes').map((row) =>
      row.role === 'workers' && row.atMs > originMs + 4000 && row.atMs < originMs + 8000 ? { ...row, processCount: 0 } : row,
    );
    const stall = { toSeconds: expect.closeTo(8, 1) };
    expect(longestStall(replaceTables(withWorkers, { processes: idle }))).toMatchObject(stall);
    // Nor are those of a pool at work, nor those that were stopped with their scheduler: as many all along.
    const held = (processCount: number): readonly Row<'processes'>[] =>
      idle.map((row) =>
        row.role === 'workers' && row.atMs > originMs + 4000 && row.atMs < originMs + 8000 ? { ...row, processCount } : row,
      );
    expect(longestStall(replaceTables(withWorkers, { processes: held(20) }))).toMatchObject(stall);
    const pool = idle.map((row) => (row.role === 'workers' ? { ...row, processCount: row.processCount + 8 } : row));
    expect(longestStall(replaceTables(withWorkers, { processes: pool }))).toMatchObject(stall);
  });
});

describe('a burst', () => {
  it('is judged to its last start, though an engine that queues ahead dispatched all at once', () => {
    const built = experimentWith({ runs: 100 });
    const rows = rowsOf(built, 'tasks');
    const lastStartMs = Math.max(...rows.map(({ startedMs }) => startedMs));
    const ahead = replaceTables(built, { tasks: rows.map((row) => ({ ...row, dispatchedMs: row.createdMs + 1 })) });
    const { fromSeconds, toSeconds } = limitEvidence(ahead);
    const [firstRun] = rowsOf(built, 'runs');
    expect(fromSeconds).toBeCloseTo(0, 2);
    expect(toSeconds).toBeCloseTo((lastStartMs - (firstRun?.sentMs ?? 0)) / 1000, 2);
    expect(toSeconds).toBeGreaterThan(2);
  });
});

describe('waits in the database', () => {
  const waiting = (readings: number, type: string, connections: number): Experiment => {
    const base = experimentWith(heavy, { active: 1 });
    const chosen = rowsOf(base, 'postgres')
      .slice(5, 5 + readings)
      .map((row) => ({ ...row, connectionsActive: connections }));
    const waits = chosen.map(({ atMs }) => wait(atMs, type, 'SyncRep', connections));
    return replaceTables(base, { postgres: chosen, waits });
  };

  it('are not told from few readings, or few connections in them', () => {
    expect(limitEvidence(waiting(6, 'Lock', 1)).databaseWaitRatio).toBeNaN();
    expect(limitEvidence(waiting(9, 'Lock', 4)).databaseWaitRatio).toBeNaN();
    expect(limitEvidence(waiting(19, 'Lock', 1)).databaseWaitRatio).toBeNaN();
    expect(limitEvidence(waiting(20, 'Lock', 1)).databaseWaitRatio).toBe(1);
  });

  it('count those for another process, as for a standby to confirm', () => {
    const { databaseWaitRatio, databaseWaitEvent, databaseWaitingConnections } = limitEvidence(waiting(20, 'IPC', 3));
    expect([databaseWaitRatio, databaseWaitEvent, databaseWaitingConnections]).toEqual([1, 'IPC SyncRep', 3]);
  });
});

describe('limitEvidence', () => {
  it('is exact where everything rises evenly', () => {
    const evidence = limitEvidence(experimentWith(light, { others: 0.3, steal: 0.1, active: 5, waitingForLock: 1 }));
    expect(evidence.schedulerCpuRatio).toBeCloseTo(0.2, 9);
    expect(evidence.driverCpuRatio).toBeCloseTo(0.06, 9);
    expect(evidence.hostBusyRatio).toBeCloseTo(0.96 / 2, 9);
    expect(evidence.hostOtherRatio).toBeCloseTo(0.15, 9);
    expect(evidence.hostStealRatio).toBeCloseTo(0.05, 9);
    expect(evidence.databaseWaitRatio).toBeCloseTo(0.2, 12);
    expect(evidence.places).toBe(20);
    // 5 tasks of 0.12 s every 0.1 s (Little's law): some 6 in place.
    expect(evidence.tasksInPlace).toBeGreaterThan(5.5);
    expect(evidence.tasksInPlace).toBeLessThan(7);
  });

  it('leaves the warm-up out', () => {
    // Ten runs of the warm-up were accepted after 2 s each, or not at all; those that count after 2 ms each, one after the other.
    const runs = Array.from({ length: 20 }, (_, index) =>
      index < 10
        ? handmadeRun(index, 0, 2000, index % 2 === 0 ? 'submitted' : 'rejected', { warmUp: true })
        : handmadeRun(index, 3000 + 100 * index, 3002 + 100 * index, 'submitted', { due: 3000 + 100 * index }),
    );
    const tasks = runs.map(({ runIndex }) =>
      task('finished', { created: 4000, dispatched: 4000, started: 4000, finished: 6000 }, { runIndex }),
    );
    const evidence = limitEvidence(handmadeExperiment({ runs, tasks }));
    expect(evidence.submissionP50Seconds).toBeCloseTo(0.002, 9);
    expect(evidence.submissionsUnderWay).toBeCloseTo((10 * 2) / 902, 9);
    expect(evidence.rejectedRuns).toBe(0);
  });

  it('does not guess a rate from readings that cover less than half', () => {
    const [at, cpu] = [Float64Array.of(0, 1000, 2000), Float64Array.of(0, 1, 3)];
    expect(counterRateBetween(at, cpu, 500, 1500)).toBe(1.5);
    expect(counterRateBetween(at, cpu, 0, 4000)).toBe(1.5);
    expect(counterRateBetween(at, cpu, 0, 4001)).toBeNaN();
    expect(counterRateBetween(Float64Array.of(5), Float64Array.of(1), 0, 10)).toBeNaN();
    // Two readings are a straight line through whatever was between them.
    expect(counterRateBetween(at, cpu, 1200, 1800)).toBeNaN();
  });
});
