import { openLiveView } from '../report/live-view.ts';
import { progressPrinter } from '../report/terminal-progress.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Progress } from '../results/progress.ts';
import type { Series } from '../results/series.ts';

/** Shows the progress of an experiment, or of a series. */
export interface ProgressView {
  update(progress: Progress): void;
  /** Says what the user should know while it runs. */
  warn(message: string): void;
  /** Leaves a line that stays: what came of one experiment of a series. */
  note(line: string): void;
  /** `result` is what there is of it; undefined when it did not get so far as to be opened. */
  end(result: Experiment | Series | undefined): void;
}

/** In a cell the live view, else the printer on stderr; or whatever the caller brings. To be called before the first await. */
export function openProgressView(onProgress: ((progress: Progress) => void) | false | undefined): ProgressView {
  const silent = { update: () => undefined, warn: () => undefined, note: () => undefined, end: () => undefined };
  if (onProgress === false) return silent;
  if (onProgress) return { ...silent, update: onProgress };
  const cell = openLiveView();
  if (cell) {
    return {
      update: (progress) => cell.update(progress),
      warn: (message) => cell.warn(message),
      note: (line) => cell.note(line),
      end: (result) => (result ? cell.end(result) : cell.fail('it did not run')),
    };
  }
  const printer = progressPrinter(process.stderr);
  return {
    update: (progress) => printer.update(progress),
    warn: (message) => printer.note(`warning: ${message}`),
    note: (line) => printer.note(line),
    end: () => printer.end(),
  };
}
