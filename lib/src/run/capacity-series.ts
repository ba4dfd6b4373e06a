import { capacitySearchSchema, judgeProbe } from '../analysis/capacity.ts';
import { type CapacitySearch, nextCapacityProbe } from '../analysis/capacity-search.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { leastCountOf } from '../analysis/threshold-results.ts';
import { withNulls } from '../analysis/with-nulls.ts';
import { changeConfig, configValuesOf } from '../config/change-config.ts';
import { ConfigError } from '../config/config-error.ts';
import { createConfig } from '../config/load-config.ts';
import { isMixed } from '../config/mixed.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { longestDraw } from '../config/task-duration.ts';
import { isRelative, parseThresholds } from '../config/threshold.ts';
import type { SettingValue } from '../results/series-record.ts';
import { configOfRequest, configRequestSchema, toConfigRequest } from './config-request.ts';
import type { PlannedStep, SeriesPlan } from './series-plan.ts';

export interface CapacityRequest {
  /** Thresholds as texts: the rate is kept while all of them hold, and the backlog does not grow. */
  readonly objective: readonly string[];
  /** Runs per second of the first probe. Default: 10, or as many as the objective takes to be judged. */
  readonly start?: number | undefined;
  /** Length of the load of a probe. Default: the config's load_seconds, or 30. */
  readonly seconds?: number | undefined;
  /** Width of the interval at which the search ends: 0.05 is 5 %. Default: 0.05. */
  readonly resolution?: number | undefined;
  /** Default: 40. */
  readonly mostProbes?: number | undefined;
  readonly seed: number;
}

type Rate = Pick<CapacitySearch, 'seconds'> & { readonly runsPerSecond: number };

/**
 * A search for the highest rate at which a target keeps an objective: each probe is an experiment of its own, on a fresh database, with
 * constant arrivals (random ones where the config has them, others in each probe).
 *
 * Throws a ConfigError where the objective can't be judged, or the first probe not be run.
 */
export function planCapacity(config: PerfConfig, request: CapacityRequest): SeriesPlan {
  const objective = request.objective.map((text) => text.trim());
  const search = searchOf(config, { ...request, objective });
  const rate = typeof config.arrival === 'object' && 'poisson' in config.arrival ? 'arrival.poisson' : 'arrival.constant';
  const configAt = (seconds: number, settings: Readonly<Record<string, SettingValue>>, label: string): PerfConfig => {
    const {
      workflows: _,
      load_seconds: _length,
      arrival: _arrival,
      thresholds: _thresholds,
      timeout: _timeout,
      ...values
    } = configValuesOf(config);
    const kind = rate === 'arrival.poisson' ? { poisson: 1 } : { constant: 1 };
    const judged = createConfig(
      { ...values, arrival: kind, load_seconds: seconds, timeout: timeoutOf(seconds, config), thresholds: [...objective] },
      config.name,
    );
    return changeConfig(judged, settings, `capacity ${label}`);
  };
  const stepAt = ({ runsPerSecond, seconds }: Rate, count: number): Omit<PlannedStep, 'round'> => {
    const label = `${runsPerSecond} runs/s for ${seconds} s`;
    // Of random arrivals each probe has others: one that is repeated is to be another look at the same rate.
    const seed: Readonly<Record<string, SettingValue>> =
      rate === 'arrival.poisson' ? { 'arrival.seed': (request.seed + count) % 2 ** 31 } : {};
    const settings = { [rate]: runsPerSecond, load_seconds: seconds, ...seed };
    return { key: `${runsPerSecond}/${seconds}`, label, settings, config: configAt(seconds, settings, label) };
  };
  return {
    kind: 'capacity',
    name: config.name,
    seed: request.seed,
    request: { config: toConfigRequest(config), objective, ...search },
    checked: [stepAt({ runsPerSecond: search.start, seconds: search.seconds }, 0)],
    total: () => Number.NaN,
    next: (finished) => {
      const next = nextCapacityProbe(finished.map(judgeProbe), search);
      if ('ended' in next) return { outcome: { ended: next.ended, runsPerSecond: withNulls(next.runsPerSecond), seconds: next.seconds } };
      const step = stepAt(next, finished.length);
      return { ...step, round: 1 + finished.filter(({ key }) => key === step.key).length };
    },
  };
}

const requestSchema = capacitySearchSchema.omit({ leastRuns: true }).extend({ config: configRequestSchema });

/** The plan that a series.json asks for. */
export function planCapacityAgain(request: unknown, seed: number): SeriesPlan {
  const { config, ...search } = requestSchema.parse(request);
  return planCapacity(configOfRequest(config), { ...search, seed });
}

function searchOf(config: PerfConfig, request: CapacityRequest): Required<CapacitySearch> {
  const refuse = (key: string, expected: string, got: string): never => {
    throw new ConfigError([{ place: 'capacity', key, expected, got }]);
  };
  if (isMixed(config))
    refuse(
      'config',
      'one with a number of runs, or load_seconds: which of several workflows is to come faster nothing says',
      `${config.name}, with a list of workflows`,
    );
  if (request.objective.length === 0) refuse('slo', 'a threshold at least, for instance response.p99 < 500 ms', 'none');
  const thresholds = request.objective.flatMap((text) => parseThresholds(text));
  const relative = thresholds.find(isRelative);
  if (relative) refuse('slo', 'a bound that stands by itself, as there is no baseline in a search', relative.text);
  const seconds = request.seconds ?? config.load_seconds ?? 30;
  const leastTasks = Math.max(10, ...thresholds.map(({ figure }) => leastCountOf(figure)));
  const leastRuns = Math.ceil(leastTasks / config.tasks_per_workflow);
  const counted = seconds - config.warm_up_seconds;
  // A tenth more, as random arrivals may be fewer.
  const leastRate = (1.1 * leastRuns) / counted;
  if (request.start !== undefined && request.start < leastRate)
    refuse(
      'start',
      `${threeDigits(leastRate)} runs/s or more: ${request.objective.join(', ')} takes ${leastRuns} runs in the ${counted} s of a probe that count, to be judged`,
      `${request.start}`,
    );
  const start = request.start ?? Math.max(10, Math.ceil(leastRate));
  return { start, seconds, resolution: request.resolution ?? 0.05, mostProbes: request.mostProbes ?? 40, leastRuns: leastRate * seconds };
}

/**
 * A target that has not done it all when half as long again is over did not keep up: to wait longer would tell nothing.
 */
function timeoutOf(seconds: number, { duration }: PerfConfig): number {
  return Math.ceil(seconds + Math.max(30, seconds / 2, 3 * longestDraw(duration)));
}
