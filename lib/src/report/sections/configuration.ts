import { describeArrival, plannedRuns, plannedSeconds } from '../../config/arrival.ts';
import { describeWorkflows } from '../../config/describe-workflow.ts';
import { isMixed } from '../../config/mixed.ts';
import { type PerfConfig, taskTotal } from '../../config/perf-config.ts';
import { plural, threeDigits } from '../../analysis/format-figure.ts';
import { columnHeading } from '../column-format.ts';
import { describeFault } from '../../config/faults.ts';
import { describePeriodic } from '../../config/periodic.ts';
import { describeShape } from '../../config/shape.ts';
import { type Block, facts } from '../document.ts';
import { redact } from '../redact.ts';
import { describeDuration } from '../../config/task-duration.ts';

/** What an experiment is going to do, in the words of the first version: how many runs and tasks, and how they come. */
export function plannedLoad(config: PerfConfig): readonly Block[] {
  const { arrival, max_in_flight, warm_up_seconds } = config;
  const length = plannedSeconds(config);
  const count = (total: number): string => (Number.isNaN(total) ? `as many as ${length}s take` : String(total));
  return [
    facts({
      Config: config.name,
      Target: config.target,
      'Runs to trigger': count(plannedRuns(config)),
      ...(isMixed(config)
        ? Object.fromEntries(describeWorkflows(config).map(([name, words]) => [`Workflow ${name}`, words]))
        : {
            'Tasks per run': String(config.tasks_per_workflow),
            Shape: config.shape === 'parallel' ? undefined : describeShape(config.shape),
            'Task duration': typeof config.duration === 'number' ? `${config.duration}s` : describeDuration(config.duration),
          }),
      'Total tasks': count(taskTotal(config)),
      Arrival: arrival === 'burst' || isMixed(config) ? undefined : describeArrival(arrival),
      Load:
        length > 0 ? `${Number(length.toFixed(2))}s${warm_up_seconds > 0 ? `, the first ${warm_up_seconds}s to warm up` : ''}` : undefined,
      Delay:
        config.delay === undefined ? undefined : `${describeDuration(config.delay)} from the submission of a run until it asks to begin`,
      Periodic: config.periodic === undefined ? undefined : describePeriodic(config.periodic),
      History: config.history === undefined ? undefined : `${config.history} ended tasks before the load`,
      Backlog: config.backlog === undefined ? undefined : `${config.backlog} runs before the schedulers start`,
      Idle: config.idle === undefined ? undefined : `${config.idle}s before the load`,
      Faults: config.faults?.map(describeFault).join('; '),
      'Runs in flight': max_in_flight === undefined ? undefined : `at most ${max_in_flight}`,
    }),
  ];
}

/** Said in the first facts in words; every other key is listed as it is, also one that this file knows nothing of. */
const saidInWords = new Set(
  `name target workflows load_seconds tasks_per_workflow shape duration executor script arrival warm_up_seconds max_in_flight scheduler
  timeout sample_interval faults settle_seconds restart_schedulers_after recovery idle backlog history delay periodic`.split(/\s+/),
);

/** All of a config, the load in a sentence. */
export function wholeConfig(config: PerfConfig): readonly Block[] {
  const { executor, duration, script, scheduler, timeout, sample_interval, idle, backlog, history, delay, periodic } = config;
  const rest = Object.entries(config).filter(([key, value]) => !saidInWords.has(key) && value !== undefined);
  return [
    facts({
      load: loadWords(config),
      'a task': isMixed(config)
        ? `works ${executor === 'process' ? `in a process of its own (${redact(script)})` : 'inside the scheduler'}`
        : `works ${typeof duration === 'number' ? `${threeDigits(duration)} s` : describeDuration(duration)} ${executor === 'process' ? `in a process of its own (${redact(script)})` : 'inside the scheduler'}`,
      delay: delay === undefined ? undefined : `${describeDuration(delay)} from the submission of a run until it asks to begin`,
      periodic: periodic && `${describePeriodic(periodic)}, beside the load`,
      history: history === undefined ? undefined : `${plural(history, 'ended task')} in the engine's tables before the load`,
      backlog: backlog === undefined ? undefined : `${plural(backlog, 'run')} submitted before the schedulers start`,
      idle: idle === undefined ? undefined : `${threeDigits(idle)} s without work before the load`,
      scheduler: pairs(scheduler),
      recovery: config.recovery && pairs(config.recovery),
      faults: config.faults && faultWords(config.faults, config),
      ends: `when all tasks have, or after ${threeDigits(timeout)} s; a sample every ${threeDigits(sample_interval)} s`,
      ...Object.fromEntries(rest.map(([key, value]) => [columnHeading(key).replaceAll('_', ' '), redact(plain(value))])),
    }),
  ];
}

/** For instance `10 runs of 5 tasks (50 tasks), all at once`. */
export function loadWords(config: PerfConfig): string {
  const { arrival, tasks_per_workflow: tasksPerRun, warm_up_seconds: warmUp, max_in_flight: maxInFlight } = config;
  const runs = plannedRuns(config);
  const seconds = plannedSeconds(config);
  const more = [
    ...(warmUp > 0 ? [`the first ${threeDigits(warmUp)} s to warm up`] : []),
    ...(maxInFlight === undefined ? [] : [`at most ${plural(maxInFlight, 'run')} in flight`]),
  ];
  if (isMixed(config)) return [...describeWorkflows(config).map(([name, words]) => `${name}: ${words}`), ...more].join('; ');
  const work = Number.isNaN(runs)
    ? `runs of ${plural(tasksPerRun, 'task')} for ${threeDigits(seconds)} s`
    : `${plural(runs, 'run')} of ${plural(tasksPerRun, 'task')} (${plural(runs * tasksPerRun, 'task')})`;
  return [
    config.shape === 'parallel' ? work : `${work} (${describeShape(config.shape)})`,
    arrival === 'burst' ? 'all at once' : describeArrival(arrival),
    ...more,
  ].join(', ');
}

function faultWords(faults: NonNullable<PerfConfig['faults']>, config: PerfConfig): string {
  const { settle_seconds: settleSeconds, restart_schedulers_after: restartSeconds } = config;
  return [
    ...faults.map(describeFault),
    ...(restartSeconds === undefined ? [] : [`a scheduler that ends by itself is started again after ${threeDigits(restartSeconds)} s`]),
    ...(settleSeconds === undefined ? [] : [`what is open when nothing has ended for ${threeDigits(settleSeconds)} s is stuck`]),
  ].join('; ');
}

function pairs(values: object): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${plain(value)}`)
    .join(', ');
}

function plain(value: unknown): string {
  if (typeof value === 'number') return threeDigits(value);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}
