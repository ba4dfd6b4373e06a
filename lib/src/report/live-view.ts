import type { Experiment } from '../results/experiment.ts';
import type { Progress } from '../results/progress.ts';
import { formatNumber } from './column-format.ts';
import { escapeHtml } from './html-escape.ts';
import { toRichOutput } from './mime-bundle.ts';
import { createDisplay } from './notebook-display.ts';
import { History, sparkline } from './sparkline.ts';

/** Between two updates of the output: often enough to look alive, rare enough not to tax the browser. */
const updateMs = 250;

type Histories = Readonly<Record<'rss' | 'cpu' | 'latency' | 'rate', History>>;

/** One output of a cell that follows a running experiment. */
export interface LiveView {
  update(progress: Progress): void;
  /** Replaces the progress by the experiment's card, which stays in the notebook. */
  end(experiment: Experiment): void;
  /** Leaves the last progress on view, with `message` below it: for an experiment that did not get so far as to be opened. */
  fail(message: string): void;
}

/**
 * Opens a live view in the cell that runs now; undefined outside a notebook.
 *
 * To be called before the first await: the output belongs to the cell that ran when the view was opened.
 */
export function openLiveView(): LiveView | undefined {
  const display = createDisplay();
  if (!display) return undefined;
  const histories = { rss: new History(), cpu: new History(), latency: new History(), rate: new History() };
  let latest: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let drawnMs = Number.NEGATIVE_INFINITY;

  const draw = (message?: string): void => {
    clearTimeout(timer);
    timer = undefined;
    drawnMs = performance.now();
    if (latest) display.update({ 'text/html': progressHtml(latest, histories, message), 'text/plain': progressText(latest) });
    else if (message !== undefined) display.update({ 'text/plain': message });
  };
  return {
    update(progress) {
      latest = progress;
      histories.rss.add(progress.scheduler.rssBytes);
      histories.cpu.add(progress.scheduler.cpuRatio);
      histories.latency.add(progress.latencySeconds.recent);
      histories.rate.add(progress.tasksPerSecond);
      const wait = drawnMs + updateMs - performance.now();
      if (wait <= 0) draw();
      // The last of a burst is drawn too, also when nothing comes after it.
      else timer ??= setTimeout(draw, wait).unref();
    },
    end(experiment) {
      clearTimeout(timer);
      const card = toRichOutput(experiment);
      if (card) display.update(card.data, card.metadata);
    },
    fail: draw,
  };
}

/** Where an experiment is, in one line. */
function progressText(progress: Progress): string {
  const { tasks, scheduler, workers } = progress;
  return [
    `${progress.config} on ${progress.target}: ${progress.step}`,
    `${[tasks.ended, tasks.total].filter(Number.isFinite).map(formatNumber).join('/')} tasks`,
    `${amount(progress.tasksPerSecond)} tasks/s`,
    ...(Number.isNaN(progress.latencySeconds.recent) ? [] : [`latency about ${amount(progress.latencySeconds.recent, 1)} s`]),
    `scheduler ${megabytes(scheduler.rssBytes)}, ${percent(scheduler.cpuRatio)} CPU`,
    `workers ${amount(workers.count)}`,
    `${amount(progress.elapsedSeconds, 1)} s`,
  ].join(' | ');
}

function progressHtml(progress: Progress, histories: Histories, message?: string): string {
  const { tasks, scheduler, workers, postgres } = progress;
  const open = tasks.submitted - tasks.ended;
  const parts = [
    [tasks.ended, '#2e8540'],
    [open, '#1f6fb4'],
  ] as const;
  const known = Number.isNaN(tasks.total) ? tasks.submitted : tasks.total;
  const bar = parts.map(([count, color]) => `<div style="width:${share(count, known)}%;background:${color}"></div>`).join('');
  const remaining = Number.isFinite(progress.remainingSeconds) ? `, about ${amount(progress.remainingSeconds, 0)} s to go` : '';
  const rows: readonly (readonly [string, string])[] = [
    ['tasks', `${formatNumber(tasks.ended)}${ofTotal(tasks.total)} ended, ${formatNumber(open)} open`],
    ['latency', latencyText(progress, histories.latency)],
    [
      'rate',
      `${amount(progress.tasksPerSecond)} tasks/s ${sparkline(histories.rate.values)} ${formatNumber(progress.runs.sent)}${ofTotal(progress.runs.total)} runs sent`,
    ],
    ['time', `${amount(progress.elapsedSeconds, 1)} s${remaining}`],
    ['scheduler memory', `${megabytes(scheduler.rssBytes)} ${sparkline(histories.rss.values)}`],
    ['scheduler CPU', `${percent(scheduler.cpuRatio)} ${sparkline(histories.cpu.values)}`],
    ['workers', `${amount(workers.count)}, ${megabytes(workers.rssBytes)}, ${percent(workers.cpuRatio)} CPU`],
    ...progress.roles.map(({ role, rssBytes, cpuRatio }): [string, string] => [
      escapeHtml(role),
      `${megabytes(rssBytes)}, ${percent(cpuRatio)} CPU`,
    ]),
    ['Postgres', `${megabytes(postgres.rssBytes)}, ${percent(postgres.cpuRatio)} CPU`],
  ];
  const list = rows.map(([label, value]) => `<div style="opacity:.65">${label}</div><div>${value}</div>`).join('');
  return [
    `<div class="orchlab-live" style="margin:.3em 0"><div><b>${escapeHtml(progress.config)}</b> on ${escapeHtml(progress.target)}: `,
    `${escapeHtml(progress.step)}</div>`,
    `<div style="display:flex;height:8px;margin:.4em 0;max-width:560px;background:rgba(128,128,128,.25)">${bar}</div>`,
    `<div style="display:grid;grid-template-columns:max-content 1fr;column-gap:1em">${list}</div>`,
    message === undefined ? '' : `<div style="color:#c0392b">⚠ ${escapeHtml(message)}</div>`,
    '</div>',
  ].join('');
}

/** About: no finer than the readings that it is estimated from. */
function latencyText({ latencySeconds: { recent, mean } }: Progress, history: History): string {
  if (Number.isNaN(mean)) return '–';
  return `about ${recent.toFixed(1)} s ${sparkline(history.values)} ${mean.toFixed(1)} s on average so far`;
}

/** Nothing where the total can't be told. */
function ofTotal(total: number): string {
  return Number.isNaN(total) ? '' : ` of ${formatNumber(total)}`;
}

function share(count: number, total: number): string {
  return total > 0 ? ((100 * count) / total).toFixed(2) : '0';
}

function amount(value: number, digits?: number): string {
  if (!Number.isFinite(value)) return '–';
  return digits === undefined ? formatNumber(value) : value.toFixed(digits);
}

function megabytes(bytes: number): string {
  return Number.isFinite(bytes) ? `${(bytes / 1e6).toFixed(1)} MB` : '–';
}

function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${(100 * ratio).toFixed(0)}%` : '–';
}
