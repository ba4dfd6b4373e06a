import { type TaskHistory, taskHistory } from '../analysis/task-history.ts';
import { mostTasksPerRun } from '../config/mixed.ts';
import { printable } from '../report/printable.ts';
import { ExperimentNotFoundError, findExperiment } from '../results/find-experiments.ts';
import { print, printJson } from './output.ts';

export async function printHistoryOfTask(name: string, task: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const experiment = await findExperiment(name);
  const history = taskHistory(experiment, task);
  if (!history) {
    const tasksPerRun = mostTasksPerRun(experiment.manifest.config);
    throw new ExperimentNotFoundError(
      `${experiment.name} ${task}: expected a run of ${experiment.runs.numRows()} by index or id, and a task of it from 0 to ${tasksPerRun - 1}, for instance 0/0`,
    );
  }
  if (json) printJson(history);
  else print(explanation(history));
}

const sources = { driver: 'driver', engine: 'engine', task: 'task itself', event: 'event' } as const;

/** A line a moment: when, by whose word, what. */
function explanation({ task, runId, status, outcomes, moments }: TaskHistory): string {
  const lines = moments.map(({ atSeconds, source, what }) => {
    const at = Number.isNaN(atSeconds) ? 'unknown' : `${atSeconds.toFixed(3)} s`;
    return `  ${at.padStart(11)}  ${sources[source].padEnd(11)}  ${printable(what)}`;
  });
  return [`Task ${task} (run ${printable(runId)}): ${[status, ...outcomes].join('; ')}`, '', ...lines].join('\n');
}
