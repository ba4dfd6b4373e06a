import { shuffler } from 'd3-array';
import { z } from 'zod';
import { isCounted } from '../analysis/comparable-groups.ts';
import { findFigure } from '../analysis/figures.ts';
import { headlineFigureName } from '../analysis/headline-figure.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import { withNulls } from '../analysis/with-nulls.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { seededRandom } from '../random/seeded-random.ts';
import { settingWords } from '../results/setting-names.ts';
import type { SettingValue } from '../results/series-record.ts';
import { type SeriesStep, isFinished } from '../results/series.ts';
import { type RoundsRatio, leastRounds, roundsRatio, roundsUntil } from '../statistics/narrowing-ratio.ts';
import { configOfRequest, configRequestSchema, toConfigRequest } from './config-request.ts';
import { differingSettings } from './differing-settings.ts';
import { SeriesError } from './errors.ts';
import { type PlannedStep, type SeriesEnd, type SeriesPlan, nameOfStep } from './series-plan.ts';
import { inRound } from './step-config.ts';

export interface BenchRequest {
  /** Rounds, each with one experiment of A and one of B; with `until` the least of them. */
  readonly rounds: number;
  /** Ends when the ratio of B to A is known to so much to each side, as a ratio, in all of `figures`; undefined: after `rounds`. */
  readonly until?: number | undefined;
  /** With `until`: ends after so many rounds all the same. */
  readonly maxRounds: number;
  /** Names of the figures that `until` is about. Default: throughput, or response time where runs come by a schedule. */
  readonly figures?: readonly string[] | undefined;
  readonly seed: number;
}

/** One of the two that are compared. */
export interface BenchSide {
  readonly config: PerfConfig;
  /** What of orchlab's environment is other than it is, such as the program of an engine (`ORK_BIN`). Not saved: it may hold secrets. */
  readonly environment?: Readonly<Record<string, string>>;
}

const sides = ['a', 'b'] as const;
type SideName = (typeof sides)[number];

/** A side that has never ended as done after so many rounds will not. */
const hopelessRounds = 3;

/**
 * Rounds of one experiment of A and one of B each, in a random order of its own.
 *
 * Without `until` there are `rounds`. With it there are further ones until the interval of the ratio is narrow enough (`roundsRatio` says why
 * that may be looked at after each round), or `maxRounds` have been run. Throws a RangeError for a figure that there is none of.
 */
export function planBench(a: BenchSide, b: BenchSide, request: BenchRequest): SeriesPlan {
  const { rounds, until, maxRounds, seed } = request;
  for (const name of request.figures ?? []) findFigure(name);
  const both = { a, b };
  const settings = differingSettings(a.config, b.config);
  const labels = { a: labelOf('A', settings.a), b: labelOf('B', settings.b) };
  const orders = ordersOf(seed, Math.max(rounds, maxRounds));
  const stepsOf = (round: number): readonly PlannedStep[] =>
    (orders[round - 1] ?? []).map((side) => ({
      key: side,
      label: labels[side],
      settings: settings[side],
      round,
      config: inRound(both[side].config, round),
      ...(both[side].environment && { environment: both[side].environment }),
    }));
  return {
    kind: 'bench',
    name: a.config.name === b.config.name ? a.config.name : `${a.config.name}-${b.config.name}`,
    seed,
    request: {
      a: toSideRequest(a),
      b: toSideRequest(b),
      rounds,
      ...(until !== undefined && { until }),
      maxRounds,
      ...(request.figures && { figures: request.figures }),
    },
    checked: [a, b],
    total: (finished) => 2 * Math.max(roundsExpected(finished, request), completeRounds(finished).length),
    next(finished) {
      const ended = new Set(finished.map(nameOfStep));
      for (let round = 1; ; round++) {
        const steps = stepsOf(round);
        const left = steps.filter((step) => !ended.has(nameOfStep(step)));
        // Whether to end is asked between rounds: one that was begun is completed.
        const end = left.length === steps.length ? endAfter(round - 1, finished, request) : undefined;
        if (end) return end;
        if (left[0]) return left[0];
      }
    },
  };
}

const sideSchema = z.object({ config: configRequestSchema, environment: z.array(z.string()) });

const requestSchema = z.object({
  a: sideSchema,
  b: sideSchema,
  rounds: z.int().min(1),
  until: z.number().positive().optional(),
  maxRounds: z.int().min(1),
  figures: z.array(z.string()).optional(),
});

/** The plan that a series.json asks for. What was set in the environment has to be given again, as it was not saved. */
export function planBenchAgain(
  request: unknown,
  seed: number,
  environments: Readonly<Partial<Record<SideName, Readonly<Record<string, string>>>>> = {},
): SeriesPlan {
  const { a, b, ...rest } = requestSchema.parse(request);
  const sideOf = (name: SideName, side: z.output<typeof sideSchema>): BenchSide => {
    const environment = environments[name] ?? {};
    const missing = side.environment.filter((variable) => !(variable in environment));
    if (missing.length > 0)
      throw new SeriesError(
        `expected ${missing.map((variable) => `--${name} env.${variable}=...`).join(' ')} again, as what is in the environment is not saved`,
      );
    return { config: configOfRequest(side.config), ...(side.environment.length > 0 && { environment }) };
  };
  return planBench(sideOf('a', a), sideOf('b', b), { ...rest, seed });
}

function toSideRequest({ config, environment = {} }: BenchSide): z.output<typeof sideSchema> {
  return { config: toConfigRequest(config), environment: Object.keys(environment) };
}

function labelOf(name: string, settings: Readonly<Record<string, SettingValue>>): string {
  const words = settingWords(settings);
  return words === '' ? name : `${name} (${words})`;
}

/** Which goes first in each round: the first rounds are the same however many there are. */
function ordersOf(seed: number, rounds: number): readonly (readonly SideName[])[] {
  const shuffle = shuffler(seededRandom(seed));
  return Array.from({ length: rounds }, () => shuffle([...sides]));
}

/** The experiments of the rounds in which both have ended, however. */
function completeRounds(finished: readonly SeriesStep[]): readonly Readonly<Record<SideName, SeriesStep>>[] {
  const rounds = new Map<number, Partial<Record<SideName, SeriesStep>>>();
  for (const step of finished.filter(isFinished)) rounds.set(step.round, { ...rounds.get(step.round), [step.key]: step });
  return [...rounds.values()].filter((round): round is Record<SideName, SeriesStep> => round.a !== undefined && round.b !== undefined);
}

function isDone({ experiment }: SeriesStep): boolean {
  return experiment !== undefined && isCounted(experiment);
}

interface NamedRatio extends RoundsRatio {
  readonly figure: string;
}

/** How exactly the ratio of B to A is known by now, in each figure that `until` is about. */
function ratiosOf(finished: readonly SeriesStep[], names: readonly string[] | undefined): readonly NamedRatio[] {
  const rounds = completeRounds(finished).filter(({ a, b }) => isDone(a) && isDone(b));
  const experiments = rounds.flatMap(({ a, b }) => [a.experiment!, b.experiment!]);
  const value = ({ experiment }: SeriesStep, figure: string): number => summaryOf(experiment!).figures[figure] ?? Number.NaN;
  return (names ?? [headlineFigureName(experiments)]).map((figure) => ({
    figure,
    ...roundsRatio(rounds.map(({ a, b }) => ({ a: value(a, figure), b: value(b, figure) }))),
  }));
}

function endAfter(
  round: number,
  finished: readonly SeriesStep[],
  { rounds, until, maxRounds, figures }: BenchRequest,
): SeriesEnd | undefined {
  const complete = completeRounds(finished);
  const ratios = ratiosOf(finished, figures);
  const end = (stopped: string): SeriesEnd => ({ outcome: { stopped, rounds: complete.length, ratios: ratios.map(toPlain) } });
  const never = sides.find((side) => complete.length >= hopelessRounds && complete.every((each) => !isDone(each[side])));
  if (never) return end(`${never.toUpperCase()} has not ended as done once in ${complete.length} rounds`);
  if (until === undefined) return round >= rounds ? end('all rounds were run') : undefined;
  if (round >= Math.max(rounds, leastRounds) && ratios.every(({ halfWidth }) => halfWidth <= until)) return end('known closely enough');
  return round >= maxRounds ? end('most rounds were run') : undefined;
}

function toPlain({ figure, ratio: { value, low, high }, halfWidth }: NamedRatio): Readonly<Record<string, unknown>> {
  return withNulls({ figure, ratio: value, low, high, halfWidth });
}

/** How many rounds there will be, as far as those that were run can tell. */
function roundsExpected(finished: readonly SeriesStep[], { rounds, until, maxRounds, figures }: BenchRequest): number {
  if (until === undefined) return rounds;
  const needed = Math.max(...ratiosOf(finished, figures).map((ratio) => roundsUntil(ratio, until)));
  return Number.isNaN(needed) ? rounds : Math.min(maxRounds, Math.max(rounds, needed));
}
