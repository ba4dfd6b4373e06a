import type { core, z } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { extentProblem } from './values-extent.ts';

/** What is known of values that are validated, for good messages. */
export interface ValueSource {
  /** Where the value at a path came from, for instance `perf-configs/quick.yaml:3`. */
  placeOf(path: readonly PropertyKey[]): string;
  /** The JSON Schema of the whole, to tell which keys there are. */
  jsonSchema(): object;
}

/** Each is looked up in the file; who has so many has the wrong file. */
const mostProblems = 100;

/** Validates plain values and fills in the defaults. Throws a ConfigError that names every problem, in the order of the places. */
export function validateValues<T extends z.ZodType>(schema: T, values: unknown, source: ValueSource): z.output<T> {
  const extent = extentProblem(values);
  if (extent) throw new ConfigError([problem(source, extent.path, extent.expected, extent.got)]);
  const result = schema.safeParse(values, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, mostProblems).flatMap((issue) => toProblems(issue, source));
  const byPlace = new Intl.Collator('en', { numeric: true });
  throw new ConfigError(problems.toSorted((a, b) => byPlace.compare(a.place, b.place)));
}

function toProblems(issue: core.$ZodIssue, source: ValueSource): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(source.jsonSchema(), issue.path, issue.input).join(', ');
    return issue.keys
      .slice(0, mostProblems)
      .map((key) => problem(source, [...issue.path, key], `one of the keys ${known}`, `the unknown key ${show(key)}`));
  }
  if (issue.code === 'invalid_union') {
    const meant = meantAlternative(issue.errors);
    if (meant) return meant.flatMap((part) => toProblems({ ...part, path: [...issue.path, ...part.path] }, source));
  }
  return [problem(source, issue.path, expectation(issue), issue.input === undefined ? 'nothing' : show(issue.input))];
}

function problem(source: ValueSource, path: readonly PropertyKey[], expected: string, got: string): ConfigProblem {
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
      if (issue.origin === 'array') return `a list of at least ${issue.minimum} ${issue.minimum === 1 ? 'value' : 'values'}`;
      return `${issue.origin === 'int' ? 'a whole number' : 'a number'} ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `a list of at most ${issue.maximum} values` : `a number of at most ${issue.maximum}`;
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
  array: 'a list',
  tuple: 'a list',
};

/** Of a value that is of the right kind. */
const boundCodes: ReadonlySet<string> = new Set(['custom', 'too_small', 'too_big', 'invalid_format']);

/**
 * The alternative of a union that was meant: the one whose own keys fit best. Undefined when none stands out, and the
 * message of the union itself says what there is to choose from.
 */
function meantAlternative(alternatives: readonly (readonly core.$ZodIssue[])[]): readonly core.$ZodIssue[] | undefined {
  const misfits = alternatives.map((issues) =>
    issues.reduce((sum, issue) => {
      if (issue.code === 'unrecognized_keys' && issue.path.length === 0) return sum + issue.keys.length;
      const isMissing = issue.path.length === 1 && issue.input === undefined;
      // A text where a block is wanted, or the other way round, is further off than any key; what a check of ours or a bound refuses is of the kind.
      return sum + (issue.path.length === 0 && !boundCodes.has(issue.code) ? 100 : isMissing ? 1 : 0);
    }, 0),
  );
  const best = Math.min(...misfits);
  return best < 100 && misfits.indexOf(best) === misfits.lastIndexOf(best) ? alternatives[misfits.indexOf(best)] : undefined;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The keys that the block `input` at `path` may have. */
function keysAt(whole: JsonSchema, path: readonly PropertyKey[], input: unknown): string[] {
  let schema = whole;
  for (const [depth, key] of path.entries()) {
    // Of alternatives the one that has the key.
    const at = schema.anyOf?.find(({ properties, items }) => (typeof key === 'number' ? items : properties && key in properties)) ?? schema;
    schema = (typeof key === 'number' ? at.items : at.properties?.[String(key)]) ?? {};
    if (depth === path.length - 1 && schema.anyOf) {
      const given = Object.keys(input as object);
      schema = schema.anyOf.find(({ properties = {} }) => given.some((name) => name in properties)) ?? schema;
    }
  }
  return Object.keys(schema.properties ?? {});
}

function show(value: unknown): string {
  // JSON has no word for infinity, nor for undefined, and refuses what a script may give: 5n.
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value);
}
