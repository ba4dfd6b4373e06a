import { plannedRuns, plannedSeconds } from '../config/arrival.ts';
import { isMixed, meanTaskSeconds, workflowsOf } from '../config/mixed.ts';
import { taskTotal } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { DamagedResultsError } from '../results/read-record.ts';
import { ceilingAudit } from './ceiling-audit.ts';
import { damageOf, warningsOf } from './damage.ts';
import type { Distribution } from './distribution.ts';
import { setupOf } from './experiment-setup.ts';
import { figuresOf, unsentRuns } from './figures.ts';
import { engineMetrics } from './engine-metrics.ts';
import { type FaultFigures, faultLedger } from './fault-ledger.ts';
import { countRuns, frameOf } from './frame.ts';
import { ledgerOf } from './ledger.ts';
import { eventLoopDelay, ownWork } from './own-work.ts';
import { resourceFigures } from './resources.ts';
import { furtherRoles } from './role-series.ts';
import { type PhaseName } from '../results/phases.ts';
import { regimes } from './regimes.ts';
import { perExperiment } from './per-experiment.ts';
import { runSizes } from './run-sizes.ts';
import { lagDistribution } from './schedule-lag.ts';
import { samplingFigures } from './sampling-gaps.ts';
import type { Summary } from './summary.ts';
import { backlogRuns } from './start-backlog.ts';
import { steadyFigures } from './steady-figures.ts';
import { rssGrowth } from './rss-growth.ts';
import { phaseDistribution } from './task-phases.ts';
import { savedBaseline } from './saved-baseline.ts';
import { thresholdResults } from './threshold-results.ts';
import { throughputFigures } from './throughput-figures.ts';
import { verdictOf } from './verdict.ts';
import { orNull, withNulls } from './with-nulls.ts';

/** An experiment in figures; never throws for want of data: what is not known is null. */
export const summarize = perExperiment((experiment: Experiment): Summary => {
  const { manifest } = experiment;
  const { config, target, status, reason } = manifest;
  const values = Object.fromEntries(figuresOf(experiment).map(({ name, value }) => [name, orNull(value(experiment))]));
  const { durationSeconds, ...throughput } = throughputFigures(experiment);
  const frame = frameOf(experiment);
  const inBrief = (all: Distribution): Summary['latencySeconds'] => {
    const { count: _, ...figures } = all;
    return withNulls(figures);
  };
  const phase = (name: PhaseName): Summary['latencySeconds'] => inBrief(phaseDistribution(experiment, name));
  const { limitedBy, sentence, evidence, notes } = verdictOf(experiment);
  const account = ledgerOf(experiment);
  const againstBaseline = baselineOf(experiment);
  const isWarmUp = (row: number): boolean =>
    frame.runs.warmUp[row] === 1 && (frame.runs.runIndex[row] as number) >= backlogRuns(experiment);
  const sizes = runSizes(experiment);
  const warmUpRuns = countRuns(frame, 'submitted', isWarmUp);
  // Where it could not be told beforehand, what came of it is the plan: each run that was due is a row.
  const unsent = unsentRuns(experiment);
  const planned = orNull(backlogRuns(experiment) + plannedRuns(config)) ?? frame.runs.count + unsent;
  return {
    name: experiment.name,
    config: config.name,
    target: { name: target.name, version: target.version },
    status,
    label: manifest.label ?? null,
    ...(reason !== undefined && { reason }),
    warnings: [...warningsOf(experiment), ...againstBaseline.warnings],
    damage: damageOf(experiment) ?? null,
    runs: {
      planned,
      submitted: countRuns(frame, 'submitted'),
      rejected: countRuns(frame, 'rejected'),
      dropped: countRuns(frame, 'dropped') + unsent,
    },
    load: {
      arrival: config.arrival,
      loadSeconds: orNull(plannedSeconds(config)),
      warmUpSeconds: config.warm_up_seconds,
      maxInFlight: config.max_in_flight ?? null,
    },
    tasksPerRun: sizes.mean,
    workflows: (isMixed(config) ? workflowsOf(config) : []).map(({ name, tasks, priority, limits: { concurrency, rate } }) => ({
      name,
      tasksPerRun: tasks,
      priority,
      limits: { concurrency: concurrency ?? null, rate: rate ?? null },
    })),
    warmUp: {
      runs: warmUpRuns,
      tasks: sizes.submittedIf(isWarmUp),
      finishedTasks: frame.ends.finished - frame.measured.length,
    },
    taskDurationSeconds: meanTaskSeconds(config),
    tasksRead: manifest.ledger !== undefined || frame.tasks.count > 0,
    tasks: { planned: orNull(taskTotal(config)) ?? Math.round(planned * sizes.mean), ...account },
    responseSeconds: phase('response'),
    submissionSeconds: phase('submission'),
    latencySeconds: phase('latency'),
    scheduleLagSeconds: inBrief(lagDistribution(experiment)),
    waitSeconds: phase('wait'),
    dispatchSeconds: phase('dispatch'),
    executionSeconds: phase('execution'),
    throughput: withNulls(throughput),
    durationSeconds: orNull(durationSeconds),
    scheduler: withNulls(resourceFigures(experiment, 'scheduler')),
    schedulerRssGrowth: withNulls(rssGrowth(experiment, 'scheduler')),
    workers: withNulls(resourceFigures(experiment, 'workers')),
    postgres: withNulls(resourceFigures(experiment, 'postgres')),
    driver: withNulls(resourceFigures(experiment, 'driver')),
    verdict: { limitedBy, sentence, evidence: withNulls(evidence), notes },
    ceilings: ceilingAudit(experiment).map((ceiling) => ({ ...withNulls(ceiling), settings: ceiling.settings })),
    thresholds: thresholdResults(experiment).map(withNulls),
    baseline: againstBaseline.comparison,
    steady: steadySummary(experiment),
    regimes: regimesSummary(experiment),
    faults: faultLedger(experiment).map((fault) => withNulls({ ...fault, tasks: firstTasks(fault.tasks) })),
    sampler: withNulls(resourceFigures(experiment, 'sampler')),
    roles: Object.fromEntries(furtherRoles(experiment).map((role) => [role, withNulls(resourceFigures(experiment, role))])),
    ownWork: withNulls(ownWork(experiment)),
    metrics: engineMetrics(experiment),
    eventLoopDelaySeconds: withNulls(eventLoopDelay(experiment)),
    sampling: withNulls(samplingFigures(experiment)),
    clock: manifest.clock ?? null,
    figures: values,
    setup: setupOf(manifest),
    directory: experiment.directory,
  };
});

/** A comparison that can't be read any more takes nothing from the figures. */
function baselineOf(experiment: Experiment): { readonly comparison: Summary['baseline']; readonly warnings: readonly string[] } {
  try {
    return { comparison: savedBaseline(experiment) ?? null, warnings: [] };
  } catch (error) {
    if (!(error instanceof DamagedResultsError)) throw error;
    return { comparison: null, warnings: [`What came of the baseline is not known any more: ${error.message}`] };
  }
}

function steadySummary(experiment: Experiment): Summary['steady'] {
  const { state, figures } = steadyFigures(experiment);
  const none = { fromSeconds: null, toSeconds: null, windows: null, windowSeconds: null };
  return { ...none, ...state, ...withNulls(figures) };
}

const mostTasks = 100;

function firstTasks(tasks: FaultFigures['tasks']): FaultFigures['tasks'] {
  return Object.fromEntries(
    Object.entries(tasks).map(([outcome, all]) => [outcome, all.slice(0, mostTasks)]),
  ) as unknown as FaultFigures['tasks'];
}

function regimesSummary(experiment: Experiment): Summary['regimes'] {
  const all = regimes(experiment);
  const none = { reason: null, sentence: null, windowSeconds: null, regimes: [], borders: [] };
  if (!all.found) return { ...none, ...all };
  return { ...none, ...all, regimes: all.regimes.map(withNulls), borders: all.borders.map(withNulls) };
}
