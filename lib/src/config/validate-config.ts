import type { core } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { type PerfConfig, perfConfigSchema } from './perf-config.ts';

/** What is known of a config beside its values, for good messages. */
interface Source {
  readonly name: string;
  /** Where the value at a path came from, for instance `perf-configs/quick.yaml:3`. */
  placeOf(path: readonly PropertyKey[]): string;
}

/** Validates plain values as a config and fills in the defaults. Throws a ConfigError that names every problem. */
export function validateConfig(values: unknown, source: Source): PerfConfig {
  const result = perfConfigSchema.safeParse(values, { reportInput: true });
  if (result.success) return { ...result.data, name: source.name };
  const problems = result.error.issues.flatMap((issue) => toProblems(issue, source));
  const byPlace = new Intl.Collator('en', { numeric: true });
  throw new ConfigError(problems.toSorted((a, b) => byPlace.compare(a.place, b.place)));
}

function toProblems(issue: core.$ZodIssue, source: Source): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problem(source, [...issue.path, key], `one of the keys ${knownKeys(issue.path)}`, `the unknown key ${show(key)}`),
    );
  }
  return [problem(source, issue.path, expectation(issue), issue.input === undefined ? 'nothing' : show(issue.input))];
}

function problem(source: Source, path: readonly PropertyKey[], expected: string, got: string): ConfigProblem {
  return { place: source.placeOf(path), key: path.map(String).join('.'), expected, got };
}

function expectation(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? `a value of type ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map(show).join(', ')}`;
    case 'too_small':
      if (issue.origin === 'string') return 'a text that is not empty';
      return `${issue.origin === 'int' ? 'a whole number' : 'a number'} ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `a number of at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  object: 'a block of keys and values',
  boolean: 'true or false',
};

function knownKeys(path: readonly PropertyKey[]): string {
  const known = path[0] === 'scheduler' ? perfConfigSchema.shape.scheduler.def.innerType.shape : perfConfigSchema.shape;
  return Object.keys(known).join(', ');
}

function show(value: unknown): string {
  // JSON has no word for infinity, nor for undefined.
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
