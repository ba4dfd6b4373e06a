import type { PerfConfig } from '../config/perf-config.ts';
import { setOptionsOf } from '../config/set-options.ts';
import { type Workspace, findWorkspace } from '../config/workspace.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { ResultsError } from '../results/experiment-directory.ts';
import { type Experiment, openExperiment } from '../results/experiment.ts';
import type { Progress } from '../results/progress.ts';
import { definedTargets } from '../targets/registry.ts';
import { executeInChild } from './experiment-child.ts';
import { ExperimentError } from './experiment-error.ts';
import { refuseWhenInterrupted, withNotebookInterrupt } from './notebook-interrupt.ts';
import { openProgressView } from './progress-view.ts';
import { writeReports } from './write-reports.ts';

export interface RunExperimentOptions {
  /** Ends the experiment as interrupted; its evidence is kept. */
  readonly signal?: AbortSignal;
  /** Keep the experiment's database, to look at it with SQL. Default false. */
  readonly keepDatabase?: boolean;
  /** Where perf-results, test-scripts and the embedded database are. Default: the workspace around the working directory. */
  readonly workspace?: Workspace;
  /**
   * Told of progress a few times a second. Default: shown where one looks at it, that is in the cell of a notebook, on a terminal
   * as a panel that updates, elsewhere as a plain line on stderr every few seconds. `false`: not shown.
   */
  readonly onProgress?: ((progress: Progress) => void) | false;
}

/**
 * Runs one experiment on a real orchestrator and a real Postgres, saves it and opens it.
 *
 * Rejects with an ExperimentError when the experiment did not end as `done`: its `experiment` is what there is of it. Before there is
 * anything of it, with a ConfigError when the config can't be used, a MissingProgramError when its target lacks a program, a
 * ResultsError when the results have no place, or the reports of an experiment that is complete can't be written, an InterruptedError when `signal` has aborted or the notebook's cell was interrupted
 * before, and a plain Error when the process that it was to run in dies. What `onProgress`
 * throws interrupts the experiment, and is what it rejects with.
 */
export async function runExperiment(config: PerfConfig, options: RunExperimentOptions = {}): Promise<Experiment> {
  const { workspace = findWorkspace(), keepDatabase = false } = options;
  refuseWhenInterrupted(options.signal);
  const view = openProgressView(options.onProgress);
  let experiment: Experiment | undefined;
  try {
    const request = { config, setOptions: setOptionsOf(config), targets: definedTargets(), workspace, keepDatabase };
    const { directory } = await withNotebookInterrupt(options.signal, async (signal) =>
      executeInChild(request, { signal, onProgress: (progress) => view.update(progress) }),
    );
    experiment = await openExperiment(directory);
    await writeReports(experiment).catch((error: unknown) => {
      // Why the experiment did not end as done is what counts; a disk that was full then is full now.
      if (experiment?.manifest.status !== 'done') return;
      throw new ResultsError(`${directory}: the experiment is complete (done), but its reports can't be written: ${reasonOf(error)}`, {
        cause: error,
      });
    });
  } finally {
    view.end(experiment);
  }
  if (experiment.manifest.status !== 'done') throw new ExperimentError(experiment);
  return experiment;
}
