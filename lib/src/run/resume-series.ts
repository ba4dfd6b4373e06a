import { findSeries } from '../results/find-series.ts';
import type { Series } from '../results/series.ts';
import type { SeriesKind } from '../results/series-record.ts';
import { findWorkspace } from '../config/workspace.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { SeriesError } from './errors.ts';
import { openProgressView } from './progress-view.ts';
import { type RunSeriesOptions, runSeries } from './run-series.ts';
import type { SeriesPlan } from './series-plan.ts';
import { planCapacityAgain } from './capacity-series.ts';
import { planBenchAgain } from './bench-plan.ts';
import { planCostAgain } from './cost-plan.ts';
import { planNeighbourAgain } from './neighbour-plan.ts';
import { planShrinkAgain } from './shrink.ts';
import { planSweepAgain } from './sweep-plan.ts';

/** How each kind of series is planned again, from what series.json says was asked for. */
const planners: Readonly<Partial<Record<SeriesKind, (request: unknown, seed: number, environments: Environments) => SeriesPlan>>> = {
  sweep: planSweepAgain,
  bench: planBenchAgain,
  capacity: planCapacityAgain,
  shrink: planShrinkAgain,
  cost: planCostAgain,
  neighbour: planNeighbourAgain,
};

/** What of orchlab's environment is other than it is, by what it is for. */
type Environments = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ResumeSeriesOptions extends RunSeriesOptions {
  /** Only one of this kind. */
  readonly kind?: SeriesKind;
  /** Asks for more or less than was asked for at first, for instance `{ repeat: 5 }` of a sweep. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** What was set in the environment of a bench's sides `a` and `b`, which is not saved. */
  readonly environments?: Environments;
}

/**
 * Goes on with a series that was interrupted or killed, by its name (see `findSeries`): what was finished of it stays, what was not is
 * run, in the order that was planned. One that is complete is returned as it is, unless `request` asks for more.
 *
 * Rejects as `runSeries` does, with an ExperimentNotFoundError when there is none of that name, and with a SeriesError when its request
 * can't be planned, or another process runs it.
 */
export async function resumeSeries(
  nameOrDirectory: string,
  { kind, request, environments = {}, ...options }: ResumeSeriesOptions = {},
): Promise<Series> {
  const view = openProgressView(options.onProgress);
  const { workspace = findWorkspace() } = options;
  let series: Series;
  let plan: SeriesPlan;
  try {
    series = await findSeries(nameOrDirectory, { directory: workspace.results, ...(kind && { kind }) });
    plan = planAgain(series, request, environments);
  } catch (error) {
    view.end(undefined);
    throw error;
  }
  return runSeries(plan, view, { ...options, resume: series });
}

function planAgain({ record, name }: Series, changes: Readonly<Record<string, unknown>> = {}, environments: Environments): SeriesPlan {
  const plan = planners[record.kind];
  if (!plan) throw new SeriesError(`${record.kind} ${name}: expected a kind of series that can be gone on with, got one that can't`);
  try {
    return plan({ ...record.request, ...changes }, record.seed, environments);
  } catch (error) {
    if (error instanceof SeriesError) throw new SeriesError(`${record.kind} ${name}: ${error.message}`);
    throw new SeriesError(`${record.kind} ${name}: expected a request in its series.json that can be planned, got: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
