import type { ColumnTable } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import type { TaskLedger } from '../results/manifest.ts';
import { numberColumn, textColumn } from './columns.ts';
import { countEnds, damageOf } from './damage.ts';

/**
 * Every submitted task as exactly one of finished, failed, cancelled and lost.
 *
 * Counted from the tasks themselves. A task of an accepted run that the engine's tables do not show, or that was never read because
 * orchlab was killed, is lost. Duplicates are counted from the tasks' own evidence of each execution; ghosts, of which there are no
 * rows, are the manifest's. Where the rows are not those that were written (see `damageOf`), all is the manifest's: what a damaged file
 * lacks was not lost by the engine.
 */
export function ledger(experiment: Experiment): TaskLedger {
  const { tasks, runs, manifest } = experiment;
  if (manifest.ledger !== undefined && damageOf(experiment) !== undefined) return manifest.ledger;
  const counts = countEnds(experiment);
  const accepted = textColumn(runs, 'status').filter((status) => status === 'submitted').length;
  const seen = counts.finished + counts.failed + counts.cancelled + counts.lost;
  const submitted = Math.max(seen, accepted * manifest.config.tasks_per_workflow);
  const ghosts = manifest.ledger?.ghosts ?? null;
  return { submitted, ...counts, lost: counts.lost + submitted - seen, duplicates: duplicates(tasks), ghosts };
}

/** Executions beyond the first of each task; null when the tasks left no evidence. */
function duplicates(tasks: ColumnTable): number | null {
  // Experiments of before there was evidence have no such column.
  if (!tasks.columnNames().includes('executions')) return null;
  const known = numberColumn(tasks, 'executions').filter((executions) => executions >= 0);
  return known.length === 0 ? null : known.reduce((total, executions) => total + Math.max(0, executions - 1), 0);
}
