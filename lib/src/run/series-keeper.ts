import { basename } from 'node:path';
import { orchlabVersion } from '../config/orchlab-version.ts';
import type { Workspace } from '../config/workspace.ts';
import { experimentLabel, targetCommit } from '../experiment/commits.ts';
import { thisProcess } from '../processes/process-owner.ts';
import { isProcessAlive } from '../processes/process-status.ts';
import { createExperimentDirectory } from '../results/experiment-directory.ts';
import { type Series, type SeriesStep, isFinished, openSeries, openStep } from '../results/series.ts';
import { type RecordedStep, type SeriesRecord, readSeriesRecord, writeSeriesRecord } from '../results/series-record.ts';
import { SeriesError } from './errors.ts';
import { settleInterrupted } from './settle-interrupted.ts';
import type { PlannedStep, SeriesPlan } from './series-plan.ts';

/** Keeps the record of a series that runs: written whole whenever anything changes. */
export class SeriesKeeper {
  readonly directory: string;
  #record: SeriesRecord;
  readonly #steps: SeriesStep[];

  private constructor(directory: string, record: SeriesRecord, steps: readonly SeriesStep[]) {
    this.directory = directory;
    this.#record = record;
    this.#steps = [...steps];
  }

  /** Makes the directory of a new series. Rejects with a ResultsError where it can't be written. */
  static async create(plan: SeriesPlan, workspace: Workspace, nowMs: number): Promise<SeriesKeeper> {
    const { name, directory } = await createExperimentDirectory(workspace.results, `${plan.name}-${plan.kind}`, nowMs);
    const keeper = new SeriesKeeper(
      directory,
      {
        formatVersion: 1,
        kind: plan.kind,
        name,
        config: plan.name,
        status: 'running',
        seed: plan.seed,
        orchlab: orchlabVersion,
        request: plan.request,
        noted: saidNotes(),
        runner: thisProcess(),
        startedMs: nowMs,
        endedMs: null,
        total: toJson(plan.total([])),
        steps: [],
      },
      [],
    );
    await keeper.#write();
    return keeper;
  }

  /**
   * Takes up a series that was interrupted, or that is to have more than was asked for: steps that were not ended are noted as interrupted.
   * Rejects with a SeriesError when another process runs it.
   */
  static async resume(directory: string, plan: SeriesPlan, signal: AbortSignal | undefined): Promise<SeriesKeeper> {
    const { runner, name, kind } = readSeriesRecord(directory);
    if (runner && isProcessAlive(runner.pid, runner.startTime))
      throw new SeriesError(
        `${kind} ${name}: expected a series that nobody runs, got one that process ${runner.pid} does: wait for it, or interrupt it`,
      );
    await settleInterrupted(directory, signal);
    const { record, steps } = await openSeries(directory);
    const { reason: _reason, outcome: _outcome, ...rest } = record;
    const keeper = new SeriesKeeper(
      directory,
      { ...rest, status: 'running', request: plan.request, noted: { ...rest.noted, ...saidNotes() }, runner: thisProcess(), endedMs: null },
      steps,
    );
    await keeper.#write();
    return keeper;
  }

  get name(): string {
    return basename(this.directory);
  }

  /** What its experiments find in their environment, so that they note what the series was begun with. */
  get notes(): Readonly<Record<string, string>> {
    const { label, commit } = this.#record.noted ?? {};
    return { ...(label !== undefined && { ORCHLAB_LABEL: label }), ...(commit !== undefined && { ORCHLAB_COMMIT: commit }) };
  }

  get finished(): readonly SeriesStep[] {
    return this.#steps.filter(isFinished);
  }

  /** The step that ended last. */
  get last(): SeriesStep | undefined {
    return this.#steps.at(-1);
  }

  get isStepRunning(): boolean {
    return this.#record.steps.at(-1)?.status === 'running';
  }

  async begin({ key, label, settings, round }: PlannedStep, total: number, nowMs: number): Promise<void> {
    const step: RecordedStep = { key, label, settings, round, experiment: null, status: 'running', startedMs: nowMs, endedMs: null };
    this.#record = { ...this.#record, total: toJson(total), steps: [...this.#record.steps, step] };
    await this.#write();
  }

  /** Which directory within the series the step that runs has. */
  async noteDirectory(experiment: string): Promise<void> {
    await this.#change({ experiment });
  }

  async endStep(change: Pick<RecordedStep, 'status' | 'endedMs'> & Partial<RecordedStep>): Promise<void> {
    const step = await this.#change(change);
    this.#steps.push(await openStep(this.directory, step));
  }

  async #change(change: Partial<RecordedStep>): Promise<RecordedStep> {
    const last = this.#record.steps.at(-1);
    if (last === undefined) throw new Error('series: no step was begun');
    const step = { ...last, ...change };
    this.#record = { ...this.#record, steps: [...this.#record.steps.slice(0, -1), step] };
    await this.#write();
    return step;
  }

  async end(change: Pick<SeriesRecord, 'status' | 'reason' | 'outcome'>, total: number, nowMs: number): Promise<Series> {
    this.#record = { ...this.#record, ...change, total: toJson(total), runner: null, endedMs: nowMs };
    await this.#write();
    return openSeries(this.directory);
  }

  async #write(): Promise<void> {
    await writeSeriesRecord(this.directory, this.#record);
  }
}

/** What is said of experiments now; what is no label or commit is not, and each of them warns of it. */
function saidNotes(): NonNullable<SeriesRecord['noted']> {
  const [{ label }, { commit }] = [experimentLabel(), targetCommit()];
  return { ...(label !== undefined && { label }), ...(commit !== undefined && { commit }) };
}

/** JSON has no NaN. */
function toJson(total: number): number | null {
  return Number.isFinite(total) ? total : null;
}
