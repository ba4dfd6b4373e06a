import { basename } from 'node:path';
import { findWorkspace } from '../config/workspace.ts';
import { reasonOf } from '../errors/error-reason.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Progress, SeriesProgress } from '../results/progress.ts';
import type { Series, SeriesStep } from '../results/series.ts';
import { checkConfigs } from './check-config.ts';
import { ExperimentError, InterruptedError } from './errors.ts';
import { withNotebookInterrupt } from './notebook-interrupt.ts';
import type { ProgressView } from './progress-view.ts';
import { type RunExperimentOptions, runInView } from './run-experiment.ts';
import { SeriesKeeper } from './series-keeper.ts';
import type { PlannedStep, SeriesPlan } from './series-plan.ts';
import { stepLine } from './step-line.ts';

export interface RunSeriesOptions extends RunExperimentOptions {
  /** Told of each experiment when it has ended, however. */
  readonly onStep?: (step: SeriesStep) => void;
}

/**
 * Runs the experiments of a plan one after the other, each in a directory within that of the series, and records each in series.json.
 * `resume` is a series of the same kind that is to go on: what is finished of it stays, what was interrupted is run again.
 *
 * Resolves when nothing is left to be run, however the experiments ended: their steps say how. One interrupt (of `signal`, or of the
 * notebook's cell) ends the series: rejects with an InterruptedError, whose `series` is what there is of it. Rejects with a ConfigError or a
 * MissingProgramError before anything is run where one of the plan's configs can't be, with a SeriesError where another process runs
 * the series, and with whatever else `runExperiment` does; the series can then be gone on with.
 */
export async function runSeries(
  plan: SeriesPlan,
  view: ProgressView,
  options: Omit<RunSeriesOptions, 'onProgress'> & { readonly resume?: Series } = {},
): Promise<Series> {
  const { workspace = findWorkspace() } = options;
  let series: Series | undefined;
  try {
    await checkConfigs(plan.checked, workspace);
    // Around all of it: there is an end to be told between two experiments, too.
    return await withNotebookInterrupt(options.signal, async (signal) => {
      const keeper = options.resume
        ? await SeriesKeeper.resume(options.resume.directory, plan, signal)
        : await SeriesKeeper.create(plan, workspace, Date.now());
      const within = { ...options, workspace: { ...workspace, results: keeper.directory }, ...(signal && { signal }) };
      return (series = await runPlan(plan, keeper, view, within));
    });
  } catch (error) {
    if (error instanceof InterruptedError) ({ series } = error);
    throw error;
  } finally {
    view.end(series);
  }
}

async function runPlan(
  plan: SeriesPlan,
  keeper: SeriesKeeper,
  view: ProgressView,
  { onStep, ...options }: Omit<RunSeriesOptions, 'onProgress'>,
): Promise<Series> {
  const total = (): number => plan.total(keeper.finished);
  const endInterrupted = async (): Promise<never> => {
    const { finished } = keeper;
    const all = Number.isFinite(total()) ? `its ${total()} experiments` : 'its experiments';
    const reason = `interrupted by the user after ${finished.length} of ${all}`;
    const series = await keeper.end({ status: 'interrupted', reason }, total(), Date.now());
    throw new InterruptedError(
      `${plan.kind} ${keeper.name} was ${reason}. To go on with it: orchlab ${plan.kind} --resume ${keeper.name}`,
      { series },
    );
  };
  try {
    for (;;) {
      const { finished } = keeper;
      const next = plan.next(finished);
      if ('outcome' in next) return await keeper.end({ status: 'done', outcome: next.outcome }, total(), Date.now());
      if (options.signal?.aborted) return await endInterrupted();
      const begunMs = Date.now();
      await keeper.begin(next, total(), begunMs);
      const progress = (): SeriesProgress => progressOf(keeper.name, next, finished, total(), (Date.now() - begunMs) / 1000);
      const experiment = await runStep(
        { ...next, environment: { ...keeper.notes, ...next.environment } },
        keeper,
        withSeries(view, progress),
        options,
      );
      if (experiment === undefined) await keeper.endStep({ status: 'interrupted', endedMs: Date.now() });
      else await noteEnd(experiment);
      const step = keeper.last;
      if (step) {
        view.note(stepLine(step, progress()));
        onStep?.(step);
      }
      if (step?.status === 'interrupted') return await endInterrupted();
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) await noteFailure(keeper, total(), error);
    throw error;
  }

  async function noteEnd({ name, manifest: { status, reason } }: Experiment): Promise<void> {
    await keeper.endStep({ experiment: name, status, ...(reason !== undefined && { reason }), endedMs: Date.now() });
  }
}

/**
 * Runs one experiment, and notes its directory as soon as it has one: a series that is killed then knows it. Undefined when it was interrupted
 * before it had one.
 */
async function runStep(
  { config, environment }: PlannedStep,
  keeper: SeriesKeeper,
  view: ProgressView,
  options: Omit<RunSeriesOptions, 'onProgress' | 'onStep'>,
): Promise<Experiment | undefined> {
  let noted: Promise<unknown> | undefined;
  const update = (progress: Progress): void => {
    // What fails here fails again when the step has ended, and is told then.
    noted ??= keeper.noteDirectory(basename(progress.directory)).catch(() => undefined);
    view.update(progress);
  };
  try {
    return await runInView(config, { ...options, ...(environment && { environment }) }, () => ({
      ...view,
      update,
      note: () => undefined,
      end: () => undefined,
    }));
  } catch (error) {
    if (error instanceof ExperimentError) return error.experiment;
    if (error instanceof InterruptedError) return undefined;
    throw error;
  } finally {
    await noted;
  }
}

/** A view of one experiment within that of the series. */
function withSeries(view: ProgressView, series: () => SeriesProgress): ProgressView {
  return { ...view, update: (progress) => view.update({ ...progress, series: series() }) };
}

function progressOf(
  name: string,
  { label, round }: PlannedStep,
  finished: readonly SeriesStep[],
  total: number,
  elapsedSeconds: number,
): SeriesProgress {
  const took = finished.map(({ startedMs, endedMs }) => ((endedMs ?? Number.NaN) - startedMs) / 1000).filter((each) => each >= 0);
  const mean = took.length === 0 ? Number.NaN : took.reduce((sum, each) => sum + each, 0) / took.length;
  const remainingSeconds = Math.max(0, mean - elapsedSeconds) + mean * (total - finished.length - 1);
  return { name, label, round, number: finished.length + 1, total, remainingSeconds };
}

/** The step that was under way can be run again. Where not even this can be written, the error itself is told all the same. */
async function noteFailure(keeper: SeriesKeeper, total: number, error: unknown): Promise<void> {
  const reason = reasonOf(error);
  try {
    if (keeper.isStepRunning) await keeper.endStep({ status: 'interrupted', reason, endedMs: Date.now() });
    await keeper.end({ status: 'failed', reason }, total, Date.now());
  } catch {
    // A full disk, most likely: that is what the error says.
  }
}
