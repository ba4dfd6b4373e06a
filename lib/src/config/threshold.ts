import { parseDuration } from './duration.ts';

/** How a figure is to stand to its bound. */
export type Comparator = '<' | '<=' | '>' | '>=' | '=';

/** What a unit of the user's is a unit of. */
export type Dimension = 'time' | 'memory' | 'memory an hour' | 'memory a second' | 'share' | 'rate' | 'tasks a second' | 'runs a second';

/** A number that was given, in seconds, bytes, 1 for all of it, or as it stands; `dimension` where it came with a unit. */
export interface Quantity {
  readonly value: number;
  readonly dimension?: Dimension;
}

/** The same figure of the baseline, changed by a share of it: 0.05 is 5 % more. */
export interface BaselineBound {
  readonly marginRatio: number;
}

/** Seconds since the first submission; an end that is left out is that of the experiment. */
export interface ThresholdWindow {
  readonly fromSeconds?: number;
  readonly toSeconds?: number;
}

/** What a figure of an experiment is required to be. */
export interface Threshold {
  /** As the user wrote it, without blanks around it. */
  readonly text: string;
  /** Name of a figure, for instance `response.p99`: whether there is such a one is not known here. */
  readonly figure: string;
  readonly comparator: Comparator;
  readonly bound: Quantity | BaselineBound;
  /** The part of the experiment that is judged. Default: all of it. */
  readonly window?: ThresholdWindow;
  /** The experiment is ended as soon as it is known not to hold. */
  readonly abortOnFail: boolean;
}

/** A text that is no threshold. */
export class ThresholdError extends Error {
  override readonly name = 'ThresholdError';
  readonly expected: string;
  readonly got: string;

  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${JSON.stringify(got)}`);
    this.expected = expected;
    this.got = got;
  }
}

export function isRelative(threshold: Threshold): threshold is Threshold & { readonly bound: BaselineBound } {
  return 'marginRatio' in threshold.bound;
}

/** Whether a value is on the right side of a bound; undefined where it is not known (NaN). */
export function holds(value: number, comparator: Comparator, bound: number): boolean | undefined {
  if (Number.isNaN(value)) return undefined;
  switch (comparator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '=':
      return value === bound;
  }
}

const units: Readonly<Record<string, readonly [Dimension, number]>> = {
  us: ['time', 1e-6],
  µs: ['time', 1e-6],
  ms: ['time', 1e-3],
  s: ['time', 1],
  sec: ['time', 1],
  min: ['time', 60],
  h: ['time', 3600],
  B: ['memory', 1],
  kB: ['memory', 1e3],
  KB: ['memory', 1e3],
  MB: ['memory', 1e6],
  GB: ['memory', 1e9],
  KiB: ['memory', 1024],
  MiB: ['memory', 1024 ** 2],
  GiB: ['memory', 1024 ** 3],
  'kB/h': ['memory an hour', 1e3],
  'MB/h': ['memory an hour', 1e6],
  'GB/h': ['memory an hour', 1e9],
  'kB/s': ['memory a second', 1e3],
  'MB/s': ['memory a second', 1e6],
  '%': ['share', 0.01],
  '/s': ['rate', 1],
  'tasks/s': ['tasks a second', 1],
  'runs/s': ['runs a second', 1],
};

const example = 'for instance response.p99 < 500 ms';
const shape = /^(?<figure>[\p{L}_][\p{L}\d_.-]*)\s*(?:\[(?<window>[^\]]*)\])?\s*(?<comparator><=|>=|==|<|>|=|≤|≥)\s*(?<bound>.+)$/u;
const comparators: Readonly<Record<string, Comparator>> = { '==': '=', '≤': '<=', '≥': '>=' };

/**
 * Reads thresholds, separated by commas or `and`: `response.p99 < 500 ms, tasks.lost = 0 and throughput.tasksPerSecond >= 100`.
 *
 * Each is a figure, `<`, `<=`, `>`, `>=` or `=`, and a number with or without a unit (`0.5`, `500 ms`, `90 MB`, `5 %`, `100 tasks/s`), or
 * `baseline`, `baseline + 5 %`, `baseline - 5 %`. After the figure may stand a window in seconds since the first submission
 * (`response.p99[10s..60s] < 0.5`, `[10s..]`, `[..1min]`), at the end `or abort`. Throws a ThresholdError.
 */
export function parseThresholds(text: string): readonly Threshold[] {
  return text.split(/,|\s+and\s+/).map(parseThreshold);
}

/** Reads one threshold. Throws a ThresholdError. */
export function parseThreshold(text: string): Threshold {
  const whole = text.trim();
  const condition = whole.replace(/\s+or\s+abort$/, '');
  const parts = shape.exec(condition)?.groups;
  if (!parts) throw new ThresholdError(`a figure, one of < <= > >= =, and a number, ${example}`, whole);
  const { figure = '', comparator = '', bound = '', window } = parts;
  return {
    text: condition,
    figure,
    comparator: comparators[comparator] ?? (comparator as Comparator),
    bound: parseBound(bound),
    ...(window !== undefined && { window: parseWindow(window) }),
    abortOnFail: condition !== whole,
  };
}

/** Reads a number with or without a unit, or what stands for the baseline. Throws a ThresholdError. */
export function parseBound(text: string): Quantity | BaselineBound {
  const relative = /^baseline\s*(?:(?<sign>[+-])\s*(?<percent>.+?)\s*%)?$/.exec(text.trim());
  if (!relative) return parseQuantity(text);
  const { sign = '+', percent = '0' } = relative.groups ?? {};
  const ratio = Number(percent) / 100;
  if (!Number.isFinite(ratio) || ratio < 0) throw new ThresholdError('baseline + a number of %', text);
  return { marginRatio: sign === '-' ? -ratio : ratio };
}

function parseQuantity(text: string): Quantity {
  const { number = '', unit = '' } = /^(?<number>[+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(?<unit>\S*)$/.exec(text.trim())?.groups ?? {};
  const value = number === '' ? Number.NaN : Number(number);
  if (!Number.isFinite(value)) throw new ThresholdError('a number with or without a unit, or baseline + 5 %', text.trim());
  if (unit === '') return { value };
  const known = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (!known) throw new ThresholdError(`one of the units ${Object.keys(units).join(', ')}`, unit);
  const [dimension, factor] = known;
  return { value: scaled(value, factor), dimension };
}

function parseWindow(text: string): ThresholdWindow {
  const [from, to, ...rest] = text.split('..').map((end) => end.trim());
  if (from === undefined || to === undefined || rest.length > 0 || from + to === '')
    throw new ThresholdError('a window [from..to] in seconds since the first submission, for instance [10s..60s]', `[${text}]`);
  return checkWindow({
    ...(from !== '' && { fromSeconds: parseMoment(from) }),
    ...(to !== '' && { toSeconds: parseMoment(to) }),
  });
}

/** Throws a ThresholdError when a window holds nothing. */
export function checkWindow(window: ThresholdWindow): ThresholdWindow {
  const { fromSeconds = 0, toSeconds = Number.POSITIVE_INFINITY } = window;
  if (fromSeconds < toSeconds) return window;
  throw new ThresholdError('a window that ends after it begins', `${fromSeconds} s to ${toSeconds} s`);
}

/** Seconds, from `10`, `10s`, `500 ms` or `1h30m`. Throws a ThresholdError. */
export function parseMoment(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new ThresholdError('a time of at least 0, for instance 10s', text);
  return seconds;
}

/** 0.5 of `50%`; undefined where it is no percentage. Throws a ThresholdError where it is more than all. */
export function parseShare(text: string): number | undefined {
  if (!/%\s*$/.test(text)) return undefined;
  const { value } = parseQuantity(text);
  if (value < 0 || value > 1) throw new ThresholdError('a share from 0 % to 100 %', text);
  return value;
}

/** 5 % is 0.05, not 0.05 and a bit: what a decimal number and a power of ten make is the number nearest to it. */
function scaled(value: number, factor: number): number {
  return factor < 1 ? value / Math.round(1 / factor) : value * factor;
}
