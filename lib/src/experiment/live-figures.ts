import type { TaskDuration } from '../config/task-duration.ts';
import type { Comparator, Threshold } from '../config/threshold.ts';
import type { Sink } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';
import { LiveLatency } from './live-latency.ts';
import { LiveResponse, responsePercentiles } from './live-response.ts';

/** How a figure changes while the experiment runs, and so from when on it is known that one can't hold any more. */
interface LiveFigure {
  readonly unit: string;
  /**
   * `grows`: it never falls, so what it is too large by stays. `varies`: it is that of what has happened so far, and may recover; `at least`: so does it, and
   * what is known is what it can't be below.
   */
  readonly kind: 'grows' | 'varies' | 'at least';
  readonly hasWindow?: true;
}

const runsFigure = { kind: 'grows', unit: ' runs' } as const;

const byName: Readonly<Record<string, LiveFigure>> = {
  'runs.submitted': runsFigure,
  'runs.rejected': runsFigure,
  'runs.dropped': runsFigure,
  'scheduleLag.max': { kind: 'grows', unit: ' s' },
  duration: { kind: 'grows', unit: ' s' },
  'throughput.tasksPerSecond': { kind: 'varies', unit: ' tasks/s', hasWindow: true },
  'latency.avg': { kind: 'varies', unit: ' s' },
  ...Object.fromEntries(Object.keys(responsePercentiles).map((name) => [name, { kind: 'at least', unit: ' s' } as const])),
};

const ofRoles: Readonly<Record<string, LiveFigure>> = {
  peakCount: { kind: 'grows', unit: ' processes' },
  rssBytesPeak: { kind: 'grows', unit: ' bytes' },
  pssBytesPeak: { kind: 'grows', unit: ' bytes' },
};

/** The figures that are known while an experiment runs, as an error names them. */
export const liveFigureNames: readonly string[] = [...Object.keys(byName), ...Object.keys(ofRoles).map((name) => `<role>.${name}`)];

function liveFigure(name: string): LiveFigure | undefined {
  if (Object.hasOwn(byName, name)) return byName[name];
  const statistic = name.slice(name.lastIndexOf('.') + 1);
  return Object.hasOwn(ofRoles, statistic) ? ofRoles[statistic] : undefined;
}

/** A value of it with its unit, and with `at least` where that is what is known. */
export function liveWords(name: string, value: number): string {
  const { kind, unit } = liveFigure(name) ?? { unit: '' };
  return `${kind === 'at least' ? 'at least ' : ''}${Number(value.toPrecision(4))}${unit}`;
}

const comparatorsOf: Readonly<Record<LiveFigure['kind'], readonly Comparator[]>> = {
  grows: ['<', '<=', '='],
  varies: ['<', '<=', '>', '>='],
  'at least': ['<', '<='],
};

/** Why a threshold can't end an experiment that runs, as what is expected in its place and what was got; undefined where it can. */
export function notLiveBecause({ figure, comparator, window, bound }: Threshold): readonly [expected: string, got: string] | undefined {
  const live = liveFigure(figure);
  if (!live) return [`one of the figures that are known while an experiment runs: ${liveFigureNames.join(', ')}`, unknownWords(figure)];
  if ('marginRatio' in bound) return ['a number: a baseline is compared with when all is over', 'baseline'];
  if (window && !live.hasWindow) return [`no window: while it runs, only the whole of ${figure} is known`, 'a window'];
  const comparators = comparatorsOf[live.kind];
  return comparators.includes(comparator)
    ? undefined
    : [`one of ${comparators.join(' ')}: ${figure} ${changeWords[live.kind]}`, comparator];
}

const changeWords: Readonly<Record<LiveFigure['kind'], string>> = {
  grows: 'only grows',
  varies: 'varies',
  'at least': 'is known by what it is at least',
};

/** Why a figure is none of them. */
function unknownWords(figure: string): string {
  const [group = '', statistic = ''] = figure.split('.');
  if (group === 'tasks') return `${figure}, which is counted when the tasks are read, after the load`;
  if (group === 'latency' && `response.${statistic}` in responsePercentiles)
    return `${figure}, for which the engine's own times have to be read, after the load (response.${statistic} is known)`;
  return figure;
}

/** What is known of it is what it can't be below. */
export function isLeast(name: string): boolean {
  return liveFigure(name)?.kind === 'at least';
}

export function varies(name: string): boolean {
  return liveFigure(name)?.kind !== 'grows';
}

/** Readings so near to the end of a window are kept: where it lies is known for sure only when the first runs have been answered. */
const keptMs = 60_000;

interface Group {
  atMs: number;
  count: number;
  rssBytes: number;
  pssBytes: number;
}

export interface LiveFiguresOptions {
  /** Tasks of each run of a workflow. */
  readonly tasksOf: (workflow: string) => number;
  /** Whose values are asked for. */
  readonly thresholds: readonly Threshold[];
  /** In a closed loop a response begins when its run is sent. */
  readonly isClosed: boolean;
  /** With a delay it begins when the run asked to. */
  readonly delay?: TaskDuration | undefined;
}

/** Figures of an experiment that runs, of what has happened so far: a sink of the rows of runs, counts and processes. */
export class LiveFigures implements Sink {
  /** When the first run after the warm-up was sent, epoch milliseconds; NaN before. */
  originMs = Number.NaN;
  private readonly latency = new LiveLatency();
  private readonly grown = new Map<string, number>();
  private readonly groups = new Map<string, Group>();
  /** Readings of the counts since `originMs`, by time: those about the ends of windows, and the last two. */
  private readonly history: { readonly atMs: number; readonly ended: number }[] = [];
  /** Where windows begin and end, seconds. */
  private readonly windowEnds: readonly number[];
  private readonly responses = new Map<Threshold, LiveResponse>();
  private warmUpTasks = 0;
  private ended = 0;
  /** When the first task ended that was not of the warm-up, epoch milliseconds, by the reading that showed it; NaN before. */
  firstEndMs = Number.NaN;

  constructor({ tasksOf, thresholds, isClosed, delay }: LiveFiguresOptions) {
    this.windowEnds = thresholds.flatMap(({ window = {} }) => [window.fromSeconds ?? 0, window.toSeconds ?? Infinity]);
    for (const threshold of thresholds) {
      const p = responsePercentiles[threshold.figure];
      if (p !== undefined && 'value' in threshold.bound)
        this.responses.set(threshold, new LiveResponse({ p, boundSeconds: threshold.bound.value, tasksOf, isClosed, delay }));
    }
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (table === 'runs') this.runEnded(row as Row<'runs'>);
    else if (table === 'counts') this.countRead(row as Row<'counts'>);
    else if (table === 'processes') this.processRead(row as Row<'processes'>);
  }

  /** In the unit of the figure; NaN while it is not known. */
  value(threshold: Threshold): number {
    const { figure, window = {} } = threshold;
    const response = this.responses.get(threshold);
    if (response) return response.atLeastSeconds;
    if (figure === 'latency.avg') return this.latency.meanSeconds;
    if (figure === 'throughput.tasksPerSecond') return this.rate(window.fromSeconds ?? 0, window.toSeconds ?? Infinity);
    return this.grown.get(figure) ?? Number.NaN;
  }

  /** How many readings it holds: no more after days than after the last end of a window. */
  get keptReadings(): number {
    return this.history.length;
  }

  private runEnded(row: Row<'runs'>): void {
    const { status, warmUp, dueMs, sentMs } = row;
    for (const response of this.responses.values()) response.runEnded(row);
    this.grown.set(`runs.${status}`, (this.grown.get(`runs.${status}`) ?? 0) + 1);
    if (warmUp || Number.isNaN(sentMs)) return;
    // Runs are told when their submissions end, which may not be the order in which they were sent.
    this.originMs = Number.isNaN(this.originMs) ? sentMs : Math.min(this.originMs, sentMs);
    this.grow('scheduleLag.max', (sentMs - dueMs) / 1000);
  }

  private countRead(row: Row<'counts'>): void {
    const { atMs, submittedTasks: submitted, openTasks } = row;
    for (const response of this.responses.values()) response.countRead(row);
    this.ended = Math.max(this.ended, submitted - openTasks);
    if (!(atMs >= this.originMs)) {
      this.warmUpTasks = submitted;
      return;
    }
    // What ends first is taken for what was submitted first: that of the warm-up is in no figure.
    this.latency.add(atMs, submitted - this.warmUpTasks, Math.max(0, this.ended - this.warmUpTasks));
    if (Number.isNaN(this.firstEndMs) && this.ended > this.warmUpTasks) this.firstEndMs = atMs;
    this.keep(atMs);
    if (openTasks > 0) this.grow('duration', (atMs - this.originMs) / 1000);
  }

  /** A load may last for days: the reading before is let go where no window ends between its neighbours, or near to them. */
  private keep(atMs: number): void {
    const [before, last] = this.history.slice(-2);
    const [fromMs, untilMs] = [(before?.atMs ?? Number.NEGATIVE_INFINITY) - keptMs, atMs + keptMs];
    const isNeeded = this.windowEnds.some((seconds) => {
      const endMs = this.originMs + 1000 * seconds;
      return endMs >= fromMs && endMs <= untilMs;
    });
    if (last && before && !isNeeded) this.history.pop();
    this.history.push({ atMs, ended: this.ended });
  }

  private processRead({ role, atMs, processCount, rssBytes, pssBytes }: Row<'processes'>): void {
    let group = this.groups.get(role);
    // Several schedulers are rows of one reading.
    if (group?.atMs !== atMs) this.groups.set(role, (group = { atMs, count: 0, rssBytes: 0, pssBytes: 0 }));
    group.count += processCount;
    group.rssBytes += rssBytes;
    group.pssBytes += pssBytes;
    this.grow(`${role}.peakCount`, group.count);
    this.grow(`${role}.rssBytesPeak`, group.rssBytes);
    this.grow(`${role}.pssBytesPeak`, group.pssBytes);
  }

  private grow(name: string, value: number): void {
    const before = this.grown.get(name) ?? Number.NaN;
    if (Number.isNaN(before) || value > before) this.grown.set(name, value);
  }

  /** Tasks that ended, a second, from reading to reading; of the whole, from the first submission on. */
  private rate(fromSeconds: number, toSeconds: number): number {
    const isWhole = fromSeconds === 0;
    const first = this.history.find(({ atMs }) => atMs >= this.originMs + fromSeconds * 1000);
    const last = this.history.findLast(({ atMs }) => atMs <= this.originMs + toSeconds * 1000);
    if (!first || !last) return Number.NaN;
    const fromMs = isWhole ? this.originMs : first.atMs;
    const before = isWhole ? this.warmUpTasks : first.ended;
    return last.atMs > fromMs ? (Math.max(0, last.ended - before) / (last.atMs - fromMs)) * 1000 : Number.NaN;
  }
}
