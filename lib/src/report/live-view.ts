import type { Experiment } from '../results/experiment.ts';
import type { Progress } from '../results/progress.ts';
import type { Series } from '../results/series.ts';
import { formatFigure } from '../analysis/figure-units.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { escapeHtml } from './html-text.ts';
import { toRichOutput } from './mime-bundle.ts';
import { createDisplay } from './notebook-display.ts';
import { seriesLine } from './terminal-progress.ts';
import { History, sparkline } from './sparkline.ts';

/** Between two updates of the output: often enough to look alive, rare enough not to tax the browser. */
const updateMs = 250;

/** A card that nothing new is told of is drawn again after this time: where that stops, the kernel is gone, and the card says so itself. */
const heartbeatMs = 2000;
/** Longer than a heartbeat may be late for, with a browser and a kernel that have much to do. */
const frozenSeconds = 8;

/** The last of a long series. */
const notesShown = 12;

type Histories = Readonly<Record<'rss' | 'cpu' | 'latency' | 'rate', History>>;

/** One output of a cell that follows a running experiment. */
export interface LiveView {
  update(progress: Progress): void;
  /** Stays below the progress. */
  warn(message: string): void;
  /** Stays below the progress, too: what came of an experiment of a series. */
  note(line: string): void;
  /** Replaces the progress by the card of the experiment or the series, which stays in the notebook. */
  end(result: Experiment | Series): void;
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
  const messages: string[] = [];
  const notes: string[] = [];

  const show = (state: 'running' | 'over'): void => {
    clearTimeout(timer);
    timer = undefined;
    drawnMs = performance.now();
    if (latest) {
      const tail = [
        ...notes.slice(-notesShown).map(noteHtml),
        ...messages.map(messageHtml),
        ...(state === 'running' ? [frozenHtml(new Date())] : []),
      ];
      display.update({
        'text/html': progressHtml(latest, histories, tail),
        'text/plain': [progressText(latest), ...notes, ...messages].join('\n'),
      });
    } else if (messages.length > 0) {
      display.update({ 'text/plain': messages.join('\n') });
    }
  };
  const draw = (): void => {
    show('running');
    timer = setTimeout(draw, heartbeatMs).unref();
  };
  return {
    update(progress) {
      latest = progress;
      histories.rss.add(progress.scheduler.rssBytes);
      histories.cpu.add(progress.scheduler.cpuRatio);
      histories.latency.add(progress.latencySeconds.recent);
      histories.rate.add(progress.tasksPerSecond);
      const wait = drawnMs + updateMs - performance.now();
      clearTimeout(timer);
      if (wait <= 0) draw();
      // The last of a burst is drawn too, also when nothing comes after it.
      else timer = setTimeout(draw, wait).unref();
    },
    warn(message) {
      messages.push(message);
      draw();
    },
    note(line) {
      notes.push(line);
      draw();
    },
    end(result) {
      clearTimeout(timer);
      const card = toRichOutput(result);
      if (card) display.update(card.data, card.metadata);
    },
    fail(message) {
      messages.push(message);
      show('over');
    },
  };
}

function noteHtml(line: string): string {
  return `<div style="opacity:.65">${escapeHtml(line)}</div>`;
}

function messageHtml(message: string): string {
  return `<div style="color:#c0392b">⚠ ${escapeHtml(message)}</div>`;
}

/**
 * Says that nothing has come since `drawn`; seen only when this card has stood for some seconds, since each update brings a new one.
 *
 * Done by the page's own style, so that it works without a kernel, in a saved notebook, and without scripts. A viewer that takes the style
 * away (a notebook that is not trusted, GitHub) shows it at once, where it is as true: nothing comes there.
 */
function frozenHtml(drawn: Date): string {
  const style = [
    `.orchlab-frozen{opacity:0;max-height:0;overflow:hidden;animation:orchlab-frozen 0s ${frozenSeconds}s forwards}`,
    '@keyframes orchlab-frozen{to{opacity:1;max-height:9em}}',
  ].join('');
  const at = drawn.toISOString().slice(11, 19);
  const words = `Nothing new since ${at} UTC: the kernel was restarted or has ended, and the experiment with it. What was sampled until then is kept: await findExperiment('latest')`;
  return `<style>${style}</style><div class="orchlab-frozen" style="color:#c0392b">⚠ ${escapeHtml(words)}</div>`;
}

/** Where an experiment is, in one line. */
function progressText(progress: Progress): string {
  const { tasks, scheduler, workers } = progress;
  return [
    ...(progress.series ? [seriesLine(progress.series)] : []),
    `${progress.config} on ${progress.target}: ${progress.step}`,
    `${[tasks.ended, tasks.total].filter(Number.isFinite).map(threeDigits).join('/')} tasks`,
    formatFigure(progress.tasksPerSecond, 'tasksPerSecond'),
    ...(Number.isNaN(progress.latencySeconds.recent) ? [] : [`latency ${latencyWords(progress.latencySeconds.recent)}`]),
    `scheduler ${formatFigure(scheduler.rssBytes, 'bytes')}, ${percent(scheduler.cpuRatio)} CPU`,
    `workers ${formatFigure(workers.count, 'count')}`,
    `${progress.elapsedSeconds.toFixed(1)} s`,
  ].join(' | ');
}

function progressHtml(progress: Progress, histories: Histories, tail: readonly string[]): string {
  const { tasks, scheduler, workers, postgres } = progress;
  const open = tasks.submitted - tasks.ended;
  const parts = [
    [tasks.ended, '#2e8540'],
    [open, '#1f6fb4'],
  ] as const;
  const known = Number.isNaN(tasks.total) ? tasks.submitted : tasks.total;
  const bar = parts.map(([count, color]) => `<div style="width:${share(count, known)}%;background:${color}"></div>`).join('');
  const remaining = Number.isFinite(progress.remainingSeconds) ? `, about ${progress.remainingSeconds.toFixed(0)} s to go` : '';
  const rows: readonly (readonly [string, string])[] = [
    ['tasks', `${threeDigits(tasks.ended)}${ofTotal(tasks.total)} ended, ${threeDigits(open)} open`],
    ['latency', latencyText(progress, histories.latency)],
    [
      'rate',
      `${formatFigure(progress.tasksPerSecond, 'tasksPerSecond')} ${sparkline(histories.rate.values)} ${threeDigits(progress.runs.sent)}${ofTotal(progress.runs.total)} runs sent`,
    ],
    ['time', `${progress.elapsedSeconds.toFixed(1)} s${remaining}`],
    ['scheduler memory', `${formatFigure(scheduler.rssBytes, 'bytes')} ${sparkline(histories.rss.values)}`],
    ['scheduler CPU', `${percent(scheduler.cpuRatio)} ${sparkline(histories.cpu.values)}`],
    ['workers', `${formatFigure(workers.count, 'count')}, ${formatFigure(workers.rssBytes, 'bytes')}, ${percent(workers.cpuRatio)} CPU`],
    ...progress.roles.map(({ role, rssBytes, cpuRatio }): [string, string] => [
      escapeHtml(role),
      `${formatFigure(rssBytes, 'bytes')}, ${percent(cpuRatio)} CPU`,
    ]),
    ['Postgres', `${formatFigure(postgres.rssBytes, 'bytes')}, ${percent(postgres.cpuRatio)} CPU`],
  ];
  const list = rows.map(([label, value]) => `<div style="opacity:.65">${label}</div><div>${value}</div>`).join('');
  const series = progress.series ? `<div>${escapeHtml(seriesLine(progress.series))}</div>` : '';
  return [
    `<div class="orchlab-live" style="margin:.3em 0">${series}<div><b>${escapeHtml(progress.config)}</b> on ${escapeHtml(progress.target)}: `,
    `${escapeHtml(progress.step)}</div>`,
    `<div style="display:flex;height:8px;margin:.4em 0;max-width:560px;background:rgba(128,128,128,.25)">${bar}</div>`,
    `<div style="display:grid;grid-template-columns:max-content 1fr;column-gap:1em">${list}</div>`,
    ...tail,
    '</div>',
  ].join('');
}

function latencyText({ latencySeconds: { recent, mean } }: Progress, history: History): string {
  if (Number.isNaN(mean)) return '–';
  return `${latencyWords(recent)} ${sparkline(history.values)} ${latencyWords(mean)} on average so far`;
}

/** About: it is estimated from counts, of which two digits mean something; of tasks that end between two counts nothing is seen. */
function latencyWords(seconds: number): string {
  if (seconds === 0) return 'too short to tell';
  return `about ${seconds < 0.9995 ? `${Number((seconds * 1000).toPrecision(2))} ms` : `${seconds.toFixed(1)} s`}`;
}

/** Nothing where the total can't be told. */
function ofTotal(total: number): string {
  return Number.isNaN(total) ? '' : ` of ${threeDigits(total)}`;
}

function share(count: number, total: number): string {
  return total > 0 ? ((100 * count) / total).toFixed(2) : '0';
}

function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${Math.round(100 * ratio)}%` : '–';
}
