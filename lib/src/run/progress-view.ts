import { openLiveView } from '../report/live-view.ts';
import { progressPrinter } from '../report/terminal-progress.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Progress } from '../results/progress.ts';

/** Shows the progress of one experiment. */
export interface ProgressView {
  update(progress: Progress): void;
  /** Says what the user should know while it runs. */
  warn(message: string): void;
  /** `experiment` is what there is of it; undefined when it did not get so far as to be opened. */
  end(experiment: Experiment | undefined): void;
}

/** In a cell the live view, else the printer on stderr; or whatever the caller brings. To be called before the first await. */
export function openProgressView(onProgress: ((progress: Progress) => void) | false | undefined): ProgressView {
  const silent = { update: () => undefined, warn: () => undefined, end: () => undefined };
  if (onProgress === false) return silent;
  if (onProgress) return { ...silent, update: onProgress };
  const cell = openLiveView();
  if (cell) {
    return {
      update: (progress) => cell.update(progress),
      warn: (message) => cell.warn(message),
      end: (experiment) => (experiment ? cell.end(experiment) : cell.fail('the experiment did not run')),
    };
  }
  const printer = progressPrinter(process.stderr);
  return {
    update: (progress) => printer.update(progress),
    warn: (message) => void process.stderr.write(`warning: ${message}\n`),
    end: () => printer.end(),
  };
}
