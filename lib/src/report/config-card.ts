import { type ColumnTable, table } from 'arquero';
import { describeArrival, plannedRuns, plannedSeconds } from '../config/arrival.ts';
import { type PerfConfig, taskTotal } from '../config/perf-config.ts';
import { columnHeading, formatNumber } from './column-format.ts';
import { escapeHtml } from './html-escape.ts';
import { redact } from './redact.ts';

/** True for what `loadConfig` and `createConfig` return. */
export function isConfig(value: unknown): value is PerfConfig {
  return typeof value === 'object' && value !== null && ['tasks_per_workflow', 'scheduler', 'arrival', 'name'].every((key) => key in value);
}

/** What an experiment with this config does, in a few lines of text. */
export function configText(config: PerfConfig): string {
  const lines = configLines(config);
  const width = Math.max(...lines.map(([label]) => label.length));
  return [`Config ${config.name} on ${config.target}`, ...lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)].join('\n');
}

/** The same as a small HTML card, in the colours of the page around it. */
export function configHtml(config: PerfConfig): string {
  const lines = configLines(config).map(
    ([label, value]) => `<div style="opacity:.65">${escapeHtml(label)}</div><div>${escapeHtml(value)}</div>`,
  );
  return [
    '<div class="orchlab-config" style="border-left:4px solid rgba(128,128,128,.5);padding:.3em .9em;margin:.3em 0">',
    `<div><b>${escapeHtml(config.name)}</b> on ${escapeHtml(config.target)}</div>`,
    `<div style="display:grid;grid-template-columns:max-content 1fr;column-gap:1em;margin:.2em 0">${lines.join('')}</div></div>`,
  ].join('');
}

/** Configs side by side, a row each: what is run, on what, and how long a task works. */
export function configsTable(configs: readonly PerfConfig[]): ColumnTable {
  return table({
    config: configs.map(({ name }) => name),
    target: configs.map(({ target }) => target),
    load: configs.map(loadWords),
    taskDurationSeconds: configs.map(({ duration }) => duration),
    executor: configs.map(({ executor }) => executor),
  });
}

/** Said in the first lines in words; every other key is listed as it is, also one that this file knows nothing of. */
const saidInWords = new Set(
  `name target workflows load_seconds tasks_per_workflow duration executor script arrival warm_up_seconds max_in_flight scheduler
  timeout sample_interval`.split(/\s+/),
);

function configLines(config: PerfConfig): (readonly [label: string, value: string])[] {
  const { executor, duration, script, scheduler, timeout, sample_interval } = config;
  const rest = Object.entries(config).filter(([key, value]) => !saidInWords.has(key) && value !== undefined);
  return [
    ['load', loadWords(config)],
    [
      'a task',
      `works ${formatNumber(duration)} s ${executor === 'process' ? `in a process of its own (${redact(script)})` : 'inside the scheduler'}`,
    ],
    ['scheduler', pairs(scheduler)],
    ['ends', `when all tasks have, or after ${formatNumber(timeout)} s; a sample every ${formatNumber(sample_interval)} s`],
    ...rest.map(([key, value]) => [columnHeading(key).replaceAll('_', ' '), redact(plain(value))] as const),
  ];
}

function loadWords(config: PerfConfig): string {
  const { arrival, tasks_per_workflow: tasksPerRun, warm_up_seconds: warmUp, max_in_flight: maxInFlight } = config;
  const runs = plannedRuns(config);
  const seconds = plannedSeconds(config);
  const work = Number.isNaN(runs)
    ? `runs of ${plural(tasksPerRun, 'task')} for ${formatNumber(seconds)} s`
    : `${plural(runs, 'run')} of ${plural(tasksPerRun, 'task')} (${plural(taskTotal(config), 'task')})`;
  return [
    work,
    arrival === 'burst' ? 'all at once' : describeArrival(arrival),
    ...(warmUp > 0 ? [`the first ${formatNumber(warmUp)} s to warm up`] : []),
    ...(maxInFlight === undefined ? [] : [`at most ${plural(maxInFlight, 'run')} in flight`]),
  ].join(', ');
}

function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function pairs(values: object): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${plain(value)}`)
    .join(', ');
}

function plain(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}
