import { type ColumnTable, table } from 'arquero';
import { quantileSorted } from 'd3-array';
import { isDeepStrictEqual } from 'node:util';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Manifest } from '../results/manifest.ts';
import type { TaskTimes } from '../results/target-profile.ts';
import { damageOf } from './damage.ts';
import { sortNumbers } from './distribution.ts';
import { threeDigits } from './format-figure.ts';
import { summarize } from './summarize.ts';
import type { Summary } from './summary.ts';

/** A figure that targets are compared by. */
export interface ComparedFigure {
  readonly title: string;
  readonly unit: string;
  /** Which end is good. */
  readonly better: 'more' | 'less';
  /** The times of a task that it is made of: engines are compared by it only where both are the same moments in all. Default: none. */
  readonly times?: readonly (keyof TaskTimes)[];
  /** NaN when it is not known. */
  value(summary: Summary): number;
}

const latencyTimes = ['created', 'finished'] as const;

const comparedFigures: readonly ComparedFigure[] = [
  { title: 'throughput', unit: 'tasks/s', better: 'more', value: ({ throughput }) => known(throughput.tasksPerSecond) },
  { title: 'response time p50', unit: 's', better: 'less', value: ({ responseSeconds }) => known(responseSeconds.p50) },
  { title: 'response time p99', unit: 's', better: 'less', value: ({ responseSeconds }) => known(responseSeconds.p99) },
  { title: 'latency p50', unit: 's', better: 'less', times: latencyTimes, value: ({ latencySeconds }) => known(latencySeconds.p50) },
  { title: 'latency p99', unit: 's', better: 'less', times: latencyTimes, value: ({ latencySeconds }) => known(latencySeconds.p99) },
  {
    title: 'scheduler CPU',
    unit: 'ms a task',
    better: 'less',
    value: ({ scheduler, tasks }) => perTask(scheduler.cpuSeconds, tasks.finished),
  },
  {
    title: 'Postgres CPU',
    unit: 'ms a task',
    better: 'less',
    value: ({ postgres, tasks }) => perTask(postgres.cpuSeconds, tasks.finished),
  },
  { title: 'scheduler RSS peak', unit: 'MB', better: 'less', value: ({ scheduler }) => known(scheduler.rssBytesPeak) / 1e6 },
];

/** What a further role of a target's processes takes; not known of targets that have none. */
function roleFigures(role: string): readonly ComparedFigure[] {
  return [
    {
      title: `${role} CPU`,
      unit: 'ms a task',
      better: 'less',
      value: ({ roles, tasks }) => perTask(roles[role]?.cpuSeconds ?? null, tasks.finished),
    },
    { title: `${role} RSS peak`, unit: 'MB', better: 'less', value: ({ roles }) => known(roles[role]?.rssBytesPeak ?? null) / 1e6 },
  ];
}

/** Experiments that are repetitions of each other: of one engine, built one way, on one machine and one Postgres. */
export interface ComparedGroup {
  /** The target's name, and where it has several groups, in what they differ. */
  readonly target: string;
  /** Those that ended as done: only they are counted. */
  readonly done: readonly Experiment[];
  /** Those that did not. */
  readonly failed: readonly Experiment[];
}

/** What one group came to in one figure. */
export interface TargetFigure {
  readonly figure: ComparedFigure;
  readonly target: string;
  /** One value an experiment that ended as done, sorted; what is not known is left out. */
  readonly values: readonly number[];
  readonly median: number;
}

/** Groups side by side. */
export interface Comparison {
  readonly groups: readonly ComparedGroup[];
  /** By figure, then group. */
  readonly figures: readonly TargetFigure[];
  /** What is not comparable, and who did not succeed: a sentence each. */
  readonly notes: readonly string[];
  /** Who finished most tasks a second, or why that can't be told: a sentence without its full stop. */
  readonly finding: string;
}

/** So many experiments of each group, all of one beyond all of the other, tell which is faster. */
const leastExperiments = 3;

/**
 * Puts targets side by side, in the order in which they first come.
 *
 * Experiments of a target are one group only where engine version, program, orchlab, Postgres and host are the same; else they are groups of
 * their own, named by what differs. Throws a RangeError when those of one target have different configs: they are no repetitions of each
 * other.
 */
export function compare(experiments: readonly Experiment[]): Comparison {
  refuseMixedConfigs(experiments);
  const groups = toGroups(experiments);
  const summaries = new Map(groups.flatMap(({ done }) => done.map((experiment) => [experiment, summarize(experiment)] as const)));
  const roles = [...new Set([...summaries.values()].flatMap((summary) => Object.keys(summary.roles)))];
  const all = [...comparedFigures, ...roles.flatMap(roleFigures)];
  const uncompared = all.flatMap((figure) => {
    const time = figure.times?.find((name) => differs(groups, name));
    return time === undefined ? [] : [{ figure, time }];
  });
  const figures = all
    .filter((figure) => !uncompared.some((left) => left.figure === figure))
    .flatMap((figure) =>
      groups.map(({ target, done }): TargetFigure => {
        const values = sortNumbers(done.flatMap((experiment) => summaries.get(experiment) ?? []).map((summary) => figure.value(summary)));
        return { figure, target, values: [...values], median: quantileSorted(values, 0.5) ?? Number.NaN };
      }),
    );
  const [left] = uncompared;
  return {
    groups,
    figures,
    notes: [
      ...(left ? [uncomparedNote(groups, left.time)] : []),
      ...environmentNotes(groups),
      ...groups
        .filter(({ failed }) => failed.length > 0)
        .map(
          ({ target, done, failed }) =>
            `${failed.length} of ${done.length + failed.length} experiments of ${target} did not end as done${failed.some((experiment) => damageOf(experiment)) ? ', or are damaged' : ''}: they are in no figure.`,
        ),
    ],
    finding: findingOf(figures),
  };
}

/**
 * Targets side by side: for each figure and target the median, minimum and maximum over its experiments that ended as done.
 *
 * Columns: figure (with its unit), target, experiments (how many were counted), median, min, max. The range is what was seen,
 * no interval of confidence: with three experiments it says how far they were apart, not where a fourth would be. Response time counts from
 * when runs were due, for all engines alike; latency is left out where its ends are not the same moments in all of them. Experiments of one
 * target that differ in engine, Postgres or host are rows of their own. Throws a RangeError when their configs differ in more than their
 * name and the seed of random arrivals.
 */
export function compareTargets(experiments: readonly Experiment[]): ColumnTable {
  const rows = compare(experiments).figures;
  return table({
    figure: rows.map(({ figure }) => `${figure.title} (${figure.unit})`),
    target: rows.map(({ target }) => target),
    experiments: rows.map(({ values }) => values.length),
    median: rows.map(({ median }) => median),
    min: rows.map(({ values }) => values[0] ?? Number.NaN),
    max: rows.map(({ values }) => values.at(-1) ?? Number.NaN),
  });
}

/** What experiments must have in common to be repetitions of each other, beside target and config; by the words that tell them apart. */
function identityOf({ target, database, host, versions }: Manifest): Readonly<Record<string, unknown>> {
  return {
    version: target.version,
    program: target.programHash?.slice(0, 8) ?? '',
    orchlab: versions['orchlab'] ?? '',
    Postgres: `${database.version} ${database.kind}`,
    'Postgres settings': database.settings,
    host: `${host.platform}, ${host.cpuModel}, ${host.cores} cores`,
  };
}

function toGroups(experiments: readonly Experiment[]): readonly ComparedGroup[] {
  const found: { readonly name: string; readonly identity: Readonly<Record<string, unknown>>; readonly members: Experiment[] }[] = [];
  for (const experiment of experiments) {
    const { name } = experiment.manifest.target;
    const identity = identityOf(experiment.manifest);
    const group = found.find((candidate) => candidate.name === name && isDeepStrictEqual(candidate.identity, identity));
    if (group) group.members.push(experiment);
    else found.push({ name, identity, members: [experiment] });
  }
  return found.map(({ name, identity, members }) => {
    const twins = found.filter((other) => other.name === name);
    const differing = Object.entries(identity).filter(([key, value]) =>
      twins.some((twin) => !isDeepStrictEqual(twin.identity[key], value)),
    );
    const words = differing.map(([key, value]) =>
      key === 'version' ? String(value) : `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    return {
      target: words.length === 0 ? name : `${name} (${words.join(', ')})`,
      done: members.filter(isComparable),
      failed: members.filter((member) => !isComparable(member)),
    };
  });
}

/** Ended as done, and read as it was written. */
function isComparable(experiment: Experiment): boolean {
  return experiment.manifest.status === 'done' && damageOf(experiment) === undefined;
}

/** Whether a time is another moment in some of the engines; one that a target does not say is the same as no other's. */
function differs(groups: readonly ComparedGroup[], name: keyof TaskTimes): boolean {
  const byTarget = momentsOf(groups, name);
  const moments = new Set(byTarget.values());
  return byTarget.size > 1 && (moments.size > 1 || moments.has('unknown'));
}

function momentsOf(groups: readonly ComparedGroup[], name: keyof TaskTimes): ReadonlyMap<string, string> {
  const all = groups.flatMap(({ done, failed }) => [...done, ...failed]);
  return new Map(all.map(({ manifest }) => [manifest.target.name, manifest.target.times[name].moment]));
}

function uncomparedNote(groups: readonly ComparedGroup[], name: keyof TaskTimes): string {
  const moments = [...momentsOf(groups, name)].map(([target, moment]) => `${target}: ${moment}`);
  return `Latency is not compared: ${name} is not the same moment in all (${moments.join(', ')}). Response time is.`;
}

/** What of the surroundings is not the same for all. */
function environmentNotes(groups: readonly ComparedGroup[]): string[] {
  const identities = groups.flatMap(({ target, done, failed }) => {
    const [first] = [...done, ...failed];
    return first ? [{ target, identity: identityOf(first.manifest) }] : [];
  });
  return ['orchlab', 'Postgres', 'Postgres settings', 'host'].flatMap((key) => {
    const [first, ...others] = identities;
    if (!first || others.every(({ identity }) => isDeepStrictEqual(identity[key], first.identity[key]))) return [];
    const words = identities.map(
      ({ target, identity }) => `${target}: ${typeof identity[key] === 'string' ? identity[key] : JSON.stringify(identity[key])}`,
    );
    return [`Not measured under the same conditions: ${key} differs (${words.join('; ')}).`];
  });
}

/** Names a winner only where every experiment of one is beyond every experiment of all others, and there are enough of each. */
function findingOf(figures: readonly TargetFigure[]): string {
  const ranked = figures
    .filter(({ figure, values }) => figure.title === 'throughput' && values.length > 0)
    .toSorted((a, b) => b.median - a.median);
  const [best, second] = ranked;
  const worst = ranked.at(-1);
  if (!best || !worst) return 'Targets compared: no experiment was done';
  if (!second) return `${best.target}: ${threeDigits(best.median)} tasks/s`;
  const all = `throughput of ${ranked.map(({ target, median }) => `${target} ${threeDigits(median)}`).join(', ')} tasks/s`;
  const fewest = Math.min(...ranked.map(({ values }) => values.length));
  if (fewest < leastExperiments)
    return `Which is faster can't be told from ${fewest === 1 ? 'one experiment' : `${fewest} experiments`} each (${leastExperiments} are needed): ${all}`;
  const overlapping = ranked.slice(1).filter(({ values }) => (values.at(-1) ?? Number.NaN) >= (best.values[0] ?? Number.NaN));
  if (overlapping.length > 0)
    return `No difference can be told between ${[best, ...overlapping].map(({ target }) => target).join(' and ')}, whose experiments overlap: ${all}`;
  return `${best.target} finished ${threeDigits(best.median)} tasks/s, ${threeDigits(best.median / worst.median)} times as many as ${worst.target}`;
}

/** A median over different loads would be one of nothing. */
function refuseMixedConfigs(experiments: readonly Experiment[]): void {
  const configs = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { manifest } of experiments) {
    const { name } = manifest.target;
    const config = repeated(manifest.config);
    const first = configs.get(name) ?? config;
    configs.set(name, first);
    const differing = Object.keys({ ...first, ...config }).filter((key) => !isDeepStrictEqual(first[key], config[key]));
    if (differing.length > 0)
      throw new RangeError(
        `comparison: expected experiments of the same config for each target, got some of ${name} that differ in ${differing.join(', ')} (overview takes any)`,
      );
  }
}

/** What the repetitions of an experiment have in common. */
function repeated({ name: _name, arrival, ...rest }: PerfConfig): Readonly<Record<string, unknown>> {
  return { ...rest, arrival: typeof arrival === 'object' && 'poisson' in arrival ? { ...arrival, seed: undefined } : arrival };
}

function perTask(seconds: number | null, tasks: number): number {
  return tasks > 0 ? (known(seconds) * 1000) / tasks : Number.NaN;
}

function known(value: number | null): number {
  return value ?? Number.NaN;
}
