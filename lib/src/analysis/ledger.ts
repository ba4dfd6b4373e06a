import type { Experiment } from '../results/experiment.ts';
import type { TaskLedger } from '../results/manifest.ts';
import { wholeColumn } from './columns.ts';
import { damageOf } from './damage.ts';
import { frameOf } from './frame.ts';
import { runSizes } from './run-sizes.ts';
import { perExperiment } from './per-experiment.ts';
import { retryCount } from './task-executions.ts';

/**
 * Every submitted task as exactly one of finished, failed, cancelled and lost.
 *
 * Counted from the tasks themselves. A task of an accepted run that the engine's tables do not show, or that was never read because
 * orchlab was killed, is lost. Duplicates are counted from the tasks' own evidence of each execution; ghosts, of which there are no
 * rows, are the manifest's. Where the rows are not those that were written (see `damageOf`), all is the manifest's: what a damaged file
 * lacks was not lost by the engine.
 */
export const ledgerOf = perExperiment((experiment: Experiment): TaskLedger => {
  const { manifest } = experiment;
  if (manifest.ledger !== undefined && damageOf(experiment) !== undefined) return manifest.ledger;
  const frame = frameOf(experiment);
  const counts = frame.ends;
  const seen = frame.tasks.count;
  const submitted = Math.max(seen, runSizes(experiment).submitted);
  const ghosts = manifest.ledger?.ghosts ?? null;
  return { submitted, ...counts, lost: counts.lost + submitted - seen, duplicates: duplicates(experiment), ghosts };
});

/** Executions beyond the first of each task that were no retries; null when the tasks left no evidence. */
function duplicates(experiment: Experiment): number | null {
  const { tasks } = experiment;
  // Experiments of before there was evidence have no such column.
  if (!tasks.columnNames().includes('executions')) return null;
  let [known, tooMany] = [0, 0];
  const column = wholeColumn(tasks, 'executions');
  for (let row = 0; row < column.length; row++) {
    const executions = column[row] as number;
    if (executions >= 0) known++;
    if (executions > 1) tooMany += executions - 1;
  }
  return known === 0 ? null : tooMany - retryCount(experiment);
}
