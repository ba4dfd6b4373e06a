import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Progress, SeriesProgress } from '../results/progress.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { fixed, kilobytes } from './fixed-format.ts';
import { printable, printableLine } from './printable.ts';

/** Progress as text on a stream, live on a terminal. */
export interface ProgressPrinter {
  update(progress: Progress): void;
  /** Leaves a line that stays above the progress. */
  note(line: string): void;
  /** Leaves the last state on view and lets the terminal go. */
  end(): void;
}

const barWidth = 30;
const plainIntervalMs = 2000;

/** A panel that updates in place on a terminal; a plain line every few seconds on anything else. */
export function progressPrinter(stream: NodeJS.WriteStream): ProgressPrinter {
  return stream.isTTY ? terminalPanel(stream) : plainLines(stream);
}

function terminalPanel(stream: NodeJS.WriteStream): ProgressPrinter {
  const log = createLogUpdate(stream);
  return {
    update: (progress) => log(progressPanel(progress, pc.createColors(pc.isColorSupported))),
    note: (line) => log.persist(printable(line)),
    end: () => log.done(),
  };
}

function plainLines(stream: NodeJS.WriteStream): ProgressPrinter {
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastPhase = '';
  let lastLine = '';
  let lastNumber = Number.NaN;
  return {
    update(progress) {
      if (progress.series && progress.series.number !== lastNumber) {
        lastNumber = progress.series.number;
        stream.write(`${seriesLine(progress.series)}\n`);
      }
      const isDue = performance.now() - lastMs >= plainIntervalMs || progress.phase !== lastPhase;
      const line = progressLine(progress);
      if (!isDue || line === lastLine) return;
      lastMs = performance.now();
      lastPhase = progress.phase;
      lastLine = line;
      stream.write(`${line}\n`);
    },
    note: (line) => void stream.write(`${printable(line)}\n`),
    end: () => undefined,
  };
}

/** `4 of 12: target=pg-boss scheduler.processes=2, round 1, about 3 min to go`: which experiment of a series runs. */
export function seriesLine({ label, round, number, total, remainingSeconds }: SeriesProgress): string {
  const remaining = Number.isFinite(remainingSeconds) ? `, about ${roughTime(remainingSeconds)} to go` : '';
  return `${number}${Number.isFinite(total) ? ` of ${total}` : ''}: ${printableLine(label)}, round ${round}${remaining}`;
}

/** A time that is an estimate: `40 s`, `12 min`, `2.5 h`. */
export function roughTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** `Progress: 500/500 tasks | 89.4 tasks/s | Scheduler: 8960 KB RSS, 5.8% CPU | Workers: 20 | 5.6s`, or the step before there are tasks. */
export function progressLine(progress: Progress): string {
  if (progress.phase === 'starting') return `Progress: ${printableLine(progress.step)} | ${progress.elapsedSeconds.toFixed(1)}s`;
  const { scheduler, workers } = progress;
  return [
    `Progress: ${endedOfTotal(progress)} tasks`,
    `${threeDigits(progress.tasksPerSecond)} tasks/s`,
    `Scheduler: ${kilobytes(scheduler.rssBytes)} RSS, ${fixed(scheduler.cpuRatio, 'ratio')} CPU`,
    `Workers: ${workers.count}`,
    `${progress.elapsedSeconds.toFixed(1)}s`,
  ].join(' | ');
}

/** Two or three lines: what happens, how far it is, what it costs. */
function progressPanel(progress: Progress, colors: ReturnType<typeof pc.createColors>): string {
  const { scheduler, workers, postgres } = progress;
  const series = progress.series ? [seriesLine(progress.series)] : [];
  const title = `${colors.bold(printableLine(progress.config))} on ${printableLine(progress.target)} ${colors.dim(`· ${printableLine(progress.step)} · ${progress.elapsedSeconds.toFixed(1)}s`)}`;
  if (progress.phase === 'starting') return [...series, title].join('\n');
  const remaining =
    Number.isFinite(progress.remainingSeconds) && progress.remainingSeconds >= 1
      ? ` · about ${progress.remainingSeconds.toFixed(0)}s to go`
      : '';
  return [
    ...series,
    title,
    `${bar(progress, colors)} ${endedOfTotal(progress)} tasks · ${threeDigits(progress.tasksPerSecond)} tasks/s${remaining}`,
    colors.dim(
      [
        `Scheduler: ${kilobytes(scheduler.rssBytes)} RSS, ${fixed(scheduler.cpuRatio, 'ratio')} CPU`,
        `Workers: ${workers.count}, ${fixed(workers.cpuRatio, 'ratio')} CPU`,
        ...progress.roles.map(({ role, cpuRatio }) => `${role}: ${fixed(cpuRatio, 'ratio')} CPU`),
        `Postgres: ${fixed(postgres.cpuRatio, 'ratio')} CPU`,
      ].join(' | '),
    ),
  ].join('\n');
}

/** What has ended, what is open, and what is still to be submitted. */
function bar({ tasks }: Progress, colors: ReturnType<typeof pc.createColors>): string {
  // Where the total can't be told, the bar is of the tasks that there are so far.
  const total = Number.isNaN(tasks.total) ? tasks.submitted : tasks.total;
  const cells = (count: number): number => (total > 0 ? Math.min(barWidth, Math.floor((count / total) * barWidth)) : 0);
  const ended = cells(tasks.ended);
  const open = Math.max(0, cells(tasks.submitted) - ended);
  return colors.green('█'.repeat(ended)) + colors.cyan('▒'.repeat(open)) + colors.dim('░'.repeat(barWidth - ended - open));
}

function endedOfTotal({ tasks }: Progress): string {
  return Number.isNaN(tasks.total) ? String(tasks.ended) : `${tasks.ended}/${tasks.total}`;
}
