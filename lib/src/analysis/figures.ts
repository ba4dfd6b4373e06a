import { closestMatch } from 'leven';
import type { Experiment } from '../results/experiment.ts';
import type { TaskLedger } from '../results/manifest.ts';
import { type PhaseName, type PhaseTime, phases, timeNames } from '../results/phases.ts';
import type { TaskTimes } from '../results/target-profile.ts';
import { beforeLoadFigures } from './before-load-figures.ts';
import { lowestCeiling } from './ceiling-audit.ts';
import { databaseFigures } from './database-figures.ts';
import { distribution } from './distribution.ts';
import { distributionFigures } from './distribution-figures.ts';
import { workFigures } from './work-figures.ts';
import type { FigureUnit } from './figure-units.ts';
import { countRuns, frameOf } from './frame.ts';
import { type IdleRoleFigures, idleRoleFigures } from './idle.ts';
import { ledgerOf } from './ledger.ts';
import { rateAtCeiling } from './rate-at-ceiling.ts';
import { type ResourceFigures, resourceFigures } from './resources.ts';
import { type Role, furtherRoles } from './role-series.ts';
import { rssGrowth } from './rss-growth.ts';
import { lagDistribution } from './schedule-lag.ts';
import { latenessFigures } from './lateness-figures.ts';
import { periodicFigures } from './periodic-figures.ts';
import { shapeFigures } from './shape-figures.ts';
import { steadyFigures } from './steady-figures.ts';
import { phaseDistribution } from './task-phases.ts';
import { throughputFigures } from './throughput-figures.ts';
import { figuresOfWorkflows, inversionFigures, workflowFigureNamed } from './workflow-figures.ts';

/** One number of an experiment. */
export interface Figure {
  /** For instance `response.p99`: what it is of, and which number of it. */
  readonly name: string;
  /** For instance `response time p99`. */
  readonly title: string;
  readonly unit: FigureUnit;
  /** Which end is good; undefined where neither is by itself. */
  readonly better?: 'more' | 'less';
  /** The times of a task that it is made of: engines are compared by it only where these are the same moments in all. Default: none. */
  readonly times?: readonly (keyof TaskTimes)[];
  /** Whether an experiment has it. Default: every one has. */
  readonly appliesTo?: (experiment: Experiment) => boolean;
  /** In its unit; NaN where it is not known. */
  readonly value: (experiment: Experiment) => number;
}

const resourceNames: Readonly<Record<keyof ResourceFigures, Pick<Figure, 'title' | 'unit' | 'better'>>> = {
  peakCount: { title: 'processes at once', unit: 'count' },
  rssBytesStart: { title: 'RSS at the start', unit: 'bytes', better: 'less' },
  rssBytesEnd: { title: 'RSS at the end', unit: 'bytes', better: 'less' },
  rssBytesPeak: { title: 'RSS peak', unit: 'bytes', better: 'less' },
  rssBytesGrowth: { title: 'RSS growth', unit: 'bytes', better: 'less' },
  pssBytesPeak: { title: 'PSS peak', unit: 'bytes', better: 'less' },
  cpuSeconds: { title: 'CPU time', unit: 'seconds', better: 'less' },
  cpuRatioMean: { title: 'CPU of a core', unit: 'ratio', better: 'less' },
  cpuRatioPeak: { title: 'CPU of a core at most', unit: 'ratio', better: 'less' },
};

/** Where the config asks for nothing that it would be of. */
const nothing = distribution([]);

const idleRoleNames: Readonly<Record<string, Pick<Figure, 'title' | 'unit'> & { readonly of: keyof IdleRoleFigures }>> = {
  idleCpuRatio: { title: 'idle CPU of a core', unit: 'ratio', of: 'cpuRatio' },
  idleWakeUpsPerSecond: { title: 'idle wake-ups', unit: 'perSecond', of: 'wakeUpsPerSecond' },
};

/** The roles that every experiment has figures of. */
const commonRoles = ['scheduler', 'workers', 'postgres', 'driver', 'sampler'] as const;

const ledgerNames: Readonly<Record<keyof TaskLedger, 'more' | 'less' | undefined>> = {
  submitted: undefined,
  finished: 'more',
  failed: 'less',
  cancelled: 'less',
  lost: 'less',
  duplicates: 'less',
  ghosts: 'less',
};

/**
 * Every figure that any experiment has, in the order of the summary; those of each of several workflows and of the further roles of a target's processes come on top
 * (`figuresOf`). Whatever shows or compares figures takes them from here: a new one is added in this place.
 */
export const figures: readonly Figure[] = [
  ...phases.flatMap(({ name, title, from, to }) =>
    distributionFigures(name, title, (experiment) => phaseDistribution(experiment, name), { times: enginesTimes(name, [from, to]) }),
  ),
  ...distributionFigures('scheduleLag', 'schedule lag', lagDistribution),
  {
    name: 'throughput.tasksPerSecond',
    title: 'throughput',
    unit: 'tasksPerSecond',
    better: 'more',
    value: (experiment) => throughputFigures(experiment).tasksPerSecond,
  },
  {
    name: 'throughput.runsPerSecond',
    title: 'submission',
    unit: 'runsPerSecond',
    value: (experiment) => throughputFigures(experiment).runsPerSecond,
  },
  {
    name: 'duration',
    title: 'duration',
    unit: 'seconds',
    better: 'less',
    value: (experiment) => throughputFigures(experiment).durationSeconds,
  },
  ...Object.entries(ledgerNames).map(([name, better]): Figure => ({
    name: `tasks.${name}`,
    title: `tasks ${name}`,
    unit: 'count',
    ...(better && { better }),
    value: (experiment) => ledgerOf(experiment)[name as keyof TaskLedger] ?? Number.NaN,
  })),
  ...(['submitted', 'rejected', 'dropped'] as const).map((status): Figure => ({
    name: `runs.${status}`,
    title: `runs ${status}`,
    unit: 'count',
    value: (experiment) => countRuns(frameOf(experiment), status) + (status === 'dropped' ? unsentRuns(experiment) : 0),
  })),
  ...commonRoles.flatMap(roleFigures),
  ...beforeLoadFigures,
  ...databaseFigures,
  {
    name: 'scheduler.rssBytesPerHour',
    title: 'scheduler RSS growth an hour',
    unit: 'bytesPerHour',
    better: 'less',
    value: (experiment) => rssGrowth(experiment, 'scheduler').bytesPerHour,
  },
  {
    name: 'steady.tasksPerSecond',
    title: 'steady throughput',
    unit: 'tasksPerSecond',
    better: 'more',
    value: (experiment) => steadyFigures(experiment).figures.tasksPerSecond,
  },
  {
    name: 'ceiling.tasksPerSecond',
    title: 'lowest ceiling of the config',
    unit: 'tasksPerSecond',
    value: ({ manifest }) => lowestCeiling(manifest)?.value ?? Number.NaN,
  },
  {
    name: 'ceiling.ratio',
    title: 'throughput of that ceiling',
    unit: 'ratio',
    value: (experiment) => {
      const lowest = lowestCeiling(experiment.manifest);
      return lowest ? rateAtCeiling(experiment, lowest).perSecond / lowest.value : Number.NaN;
    },
  },
  ...(
    [
      ['work.asked', 'work asked', 'asked'],
      ['work.excess', 'work done less work asked', 'excess'],
      ['retry.delay', 'retry delay', 'retryDelay'],
      ['retry.excess', 'retry delay less that asked', 'retryExcess'],
    ] as const
  ).flatMap(([name, title, of]) => distributionFigures(name, title, (experiment) => workFigures(experiment)?.[of] ?? nothing)),
  {
    name: 'attempts.avg',
    title: 'executions of a task on average',
    unit: 'count',
    better: 'less',
    value: (experiment) => workFigures(experiment)?.attemptsMean ?? Number.NaN,
  },
  {
    name: 'attempts.max',
    title: 'executions of a task at most',
    unit: 'count',
    better: 'less',
    value: (experiment) => workFigures(experiment)?.attemptsMost ?? Number.NaN,
  },
  {
    name: 'goodput.ratio',
    title: 'goodput (tasks finished of executions)',
    unit: 'ratio',
    better: 'more',
    value: (experiment) => workFigures(experiment)?.goodputRatio ?? Number.NaN,
  },
  ...(['response', 'latency'] as const).flatMap((phase) =>
    distributionFigures(
      `steady.${phase}`,
      `steady ${titleOf(phase)}`,
      (experiment) => steadyFigures(experiment).figures[`${phase}Seconds`],
      { times: phase === 'latency' ? ['created', 'finished'] : [] },
    ),
  ),
  ...shapeFigures,
  ...latenessFigures,
  ...periodicFigures,
  ...inversionFigures,
];

/** Those of `figures` that this experiment has, with those of each of several workflows, and of the further roles of its target. */
export function figuresOf(experiment: Experiment): readonly Figure[] {
  return [
    ...figures.filter(({ appliesTo }) => appliesTo?.(experiment) ?? true),
    ...figuresOfWorkflows(experiment),
    ...furtherRoles(experiment).flatMap(roleFigures),
  ];
}

/**
 * The figure of an experiment by its name, for instance `response.p99`, in its unit (see `figures`); NaN where it is not known.
 *
 * Throws a RangeError that names those like it when there is none of that name.
 */
export function figureOf(experiment: Experiment, name: string): number {
  return findFigure(name, figuresOf(experiment)).value(experiment);
}

/** There is no figure of that name. */
export class FigureNameError extends RangeError {
  override readonly name = 'FigureNameError';
  /** Those that may be meant. */
  readonly expected: string;

  constructor(expected: string, got: string) {
    super(`figure: expected ${expected}, got "${got}"`);
    this.expected = expected;
  }
}

/** A name that differs in more letters than this is another name. */
const lettersOff = 4;

/** The figure of that name. Throws a FigureNameError, a RangeError that names those like it, when there is none. */
export function findFigure(name: string, among: readonly Figure[] = figures): Figure {
  // Of the catalogue itself: which workflows there are, experiments say.
  const found = among.find((figure) => figure.name === name) ?? (among === figures ? workflowFigureNamed(name) : undefined);
  if (found) return found;
  const names = among.map((figure) => figure.name);
  const [group = ''] = name.split('.');
  const alike = names.filter((each) => each.startsWith(`${group}.`));
  const groups = [...new Set(names.map((each) => each.split('.')[0] ?? ''))];
  const known = alike.length > 0 ? alike : groups.map((each) => (names.includes(each) ? each : `${each}. ...`));
  const meant = closestMatch(name, names, { maxDistance: lettersOff });
  throw new FigureNameError(`one of ${known.join(', ')}${meant === undefined ? '' : ` (nearest: ${meant})`}`, name);
}

/** The rest of a load that ended before it was sent: in no row of the runs. */
export function unsentRuns({ manifest: { unsentRuns: unsent } }: Experiment): number {
  return unsent?.count ?? unsent?.due ?? 0;
}

/** What the processes of a role took, and the CPU of a task. */
export function roleFigures(role: Role): readonly Figure[] {
  const title = role === 'postgres' ? 'Postgres' : role;
  return [
    ...Object.entries(resourceNames).map(([name, words]): Figure => ({
      ...words,
      name: `${role}.${name}`,
      title: name === 'peakCount' && role === 'workers' ? 'worker processes at once' : `${title} ${words.title}`,
      value: (experiment) => resourceFigures(experiment, role)[name as keyof ResourceFigures],
    })),
    {
      name: `${role}.cpuPerTask`,
      title: `${title} CPU`,
      unit: 'secondsPerTask',
      better: 'less',
      value: (experiment) => {
        const { finished } = ledgerOf(experiment);
        return finished > 0 ? resourceFigures(experiment, role).cpuSeconds / finished : Number.NaN;
      },
    },
    ...Object.entries(isOrchlabs(role) ? {} : idleRoleNames).map(([name, { of, ...words }]): Figure => ({
      ...words,
      name: `${role}.${name}`,
      title: `${title} ${words.title}`,
      better: 'less',
      value: (experiment) => idleRoleFigures(experiment, role)[of],
    })),
  ];
}

function isOrchlabs(role: Role): boolean {
  return role === 'driver' || role === 'sampler';
}

function titleOf(name: PhaseName): string {
  return phases.find((phase) => phase.name === name)?.title ?? name;
}

/** Response time ends where the engine writes it down, and is compared all the same: it is what the user sees. */
function enginesTimes(name: PhaseName, times: readonly PhaseTime[]): readonly (keyof TaskTimes)[] {
  if (name === 'response') return [];
  return times.filter((time) => time !== 'wantedMs').map((time) => timeNames[time] as keyof TaskTimes);
}
