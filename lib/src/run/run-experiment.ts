import type { PerfConfig } from '../config/perf-config.ts';
import { setOptionsOf } from '../config/set-options.ts';
import { type Workspace, findWorkspace } from '../config/workspace.ts';
import { writeReasonOf } from '../errors/write-reason.ts';
import type { ExperimentOutcome, ExperimentRequest } from '../experiment/execute-experiment.ts';
import { lowestCeilingWords } from '../report/sections/ceilings.ts';
import { ResultsError } from '../results/experiment-directory.ts';
import { type Experiment, openExperiment } from '../results/experiment.ts';
import type { Progress } from '../results/progress.ts';
import { readManifest, writeManifest } from '../results/manifest.ts';
import { definedTargets } from '../targets/registry.ts';
import { checkThresholds } from './check-thresholds.ts';
import { ConcurrentExperimentError, ExperimentError } from './errors.ts';
import { type ExperimentChildOptions, executeInChild } from './experiment-child.ts';
import { sayForeignTarget } from './foreign-target.ts';
import { refuseWhenInterrupted, withNotebookInterrupt } from './notebook-interrupt.ts';
import { type ProgressView, openProgressView } from './progress-view.ts';
import { postNotice } from './running-notice.ts';
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
  /** Run it also while another one runs in this process, with a warning in the manifests of both. Default false. */
  readonly besideOthers?: boolean;
  /** What of this process's environment is other than it is for the experiment, such as the program of an engine. Saved nowhere. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What runs in this process, by what it is. */
const running = new Set<{ readonly config: PerfConfig }>();

/**
 * Runs one experiment on a real orchestrator and a real Postgres, saves it and opens it.
 *
 * Experiments disturb each other: where another process of the workspace runs one at the same time, the manifests of both have a
 * warning; in this process a second one is refused with a ConcurrentExperimentError (`besideOthers` has it run all the same).
 *
 * Rejects with an ExperimentError when the experiment did not end as `done`: its `experiment` is what there is of it. Before there is
 * anything of it, with a ConfigError when the config can't be used, a MissingProgramError when its target lacks a program, a
 * ResultsError when the results have no place, or the reports of an experiment that is complete can't be written, an InterruptedError when `signal` has aborted or the notebook's cell was interrupted
 * before, and a plain Error when the process that it was to run in dies. What `onProgress`
 * throws interrupts the experiment, and is what it rejects with.
 */
export async function runExperiment(config: PerfConfig, options: RunExperimentOptions = {}): Promise<Experiment> {
  return runInView(config, options, () => openProgressView(options.onProgress));
}

/** The same, with its progress in a view of the caller's, which may hold more than this experiment. */
export async function runInView(
  config: PerfConfig,
  options: Omit<RunExperimentOptions, 'onProgress'>,
  openView: () => ProgressView,
): Promise<Experiment> {
  const { workspace = findWorkspace(), keepDatabase = false } = options;
  refuseWhenInterrupted(options.signal);
  if (options.besideOthers !== true) refuseSecond();
  const entry = { config };
  running.add(entry);
  const view = openView();
  let experiment: Experiment | undefined;
  try {
    await sayForeignTarget(config.target, workspace);
    await checkThresholds(config, workspace);
    const request = { config, setOptions: setOptionsOf(config), targets: definedTargets(), workspace, keepDatabase };
    const { directory } = await withNotebookInterrupt(options.signal, async (signal) =>
      executeNoticed(request, view, { signal, environment: options.environment }),
    );
    experiment = await openExperiment(directory);
    await writeReports(experiment).catch((error: unknown) => {
      // Why the experiment did not end as done is what counts; a disk that was full then is full now.
      if (experiment?.manifest.status !== 'done') return;
      throw new ResultsError(`${directory}: the experiment is complete (done), but its reports can't be written: ${writeReasonOf(error)}`, {
        cause: error,
      });
    });
  } finally {
    running.delete(entry);
    view.end(experiment);
  }
  if (experiment.manifest.status !== 'done') throw new ExperimentError(experiment);
  return experiment;
}

/** Executes it, seen by others and with a warning where there are any. */
async function executeNoticed(
  request: ExperimentRequest,
  view: ProgressView,
  how: Pick<ExperimentChildOptions, 'signal' | 'environment'>,
): Promise<ExperimentOutcome> {
  const notice = await postNotice(request.workspace, request.config);
  if (notice.others.length > 0) view.warn(besideWarning(notice.others));
  let { others } = notice;
  let outcome: ExperimentOutcome;
  try {
    outcome = await executeInChild(request, { ...how, onProgress: noteCeiling(view) });
  } finally {
    others = await notice.close();
  }
  // Where it can't be noted, the disk is full: why the experiment ended is told all the same.
  if (others.length > 0) await addWarning(outcome.directory, besideWarning(others)).catch(() => undefined);
  return outcome;
}

/** Says once what the config itself bounds, before the load begins. */
function noteCeiling(view: ProgressView): (progress: Progress) => void {
  let isNoted = false;
  return (progress) => {
    const lowest = progress.ceilings.find(({ figure }) => figure === 'throughput.tasksPerSecond');
    if (lowest && !isNoted) {
      isNoted = true;
      view.note(lowestCeilingWords(lowest));
    }
    view.update(progress);
  };
}

function refuseSecond(): void {
  const [first] = running;
  if (first === undefined) return;
  const { name, target } = first.config;
  throw new ConcurrentExperimentError(
    `an experiment (${name} on ${target}) still runs in this process, and one beside it would disturb the figures of both: wait for it (is an \`await\` missing before its runExperiment?) or interrupt it; sweep runs several in turn, and { besideOthers: true } runs this one all the same`,
  );
}

function besideWarning(others: readonly string[]): string {
  return `Another experiment ran on this machine at the same time (${others.join('; ')}): the figures of both are of a machine that they shared.`;
}

async function addWarning(directory: string, warning: string): Promise<void> {
  const manifest = await readManifest(directory);
  await writeManifest(directory, { ...manifest, warnings: [...manifest.warnings, warning] });
}
