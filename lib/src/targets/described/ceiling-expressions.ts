import { type Expression, Parser, type Values } from 'expr-eval-fork';
import type { ConfigProblem } from '../../config/config-error.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import { reasonOf } from '../../errors/error-reason.ts';
import type { Ceiling } from '../../results/ceiling.ts';
import type { Places } from '../../results/target-profile.ts';
import type { TargetDescription } from './target-schema.ts';
import { isMixed, meanTaskSeconds, mostTasksPerRun } from '../../config/mixed.ts';

const functions = ['min', 'max', 'ceil', 'floor', 'round', 'abs'] as const;

/** What an expression may name beside `places`: numbers of the config. */
const names = [
  'duration',
  'tasks_per_workflow',
  'submit_concurrency',
  'scheduler.processes',
  'scheduler.poll_interval_secs',
  'scheduler.max_tasks_per_batch',
  'scheduler.max_concurrent_dispatches',
  'scheduler.max_concurrent_status_checks',
  'scheduler.db_pool_size',
] as const satisfies readonly (keyof PerfConfig | `scheduler.${keyof PerfConfig['scheduler']}`)[];

/** What a task and the load are like is measured, not set. */
const ofLoad: ReadonlySet<string> = new Set(['duration', 'tasks_per_workflow']);

type Path = readonly (string | number)[];

/** What is wrong with the ceilings of a description: no expressions, names that a config has not, and one name for two ceilings. */
export function ceilingProblems({ ceilings, places }: TargetDescription, placeOf: (path: Path) => string): ConfigProblem[] {
  const known: readonly string[] = [...names, ...(typeof places === 'object' ? ['places'] : [])];
  return ceilings.flatMap(({ value, at_once, name }, index): ConfigProblem[] => {
    const problemOf = (key: string, expected: string, got: string): ConfigProblem => {
      const path = ['ceilings', index, key];
      return { place: placeOf(path), key: path.join('.'), expected, got };
    };
    const isTwin = ceilings.findIndex((other) => other.name === name) < index;
    return [
      ...(isTwin ? [problemOf('name', 'a name of its own', JSON.stringify(name))] : []),
      ...Object.entries({ value, at_once }).flatMap(([key, text]) =>
        text === undefined ? [] : expressionProblems(text, known).map(({ expected, got }) => problemOf(key, expected, got)),
      ),
    ];
  });
}

function expressionProblems(text: string, known: readonly string[]): readonly Pick<ConfigProblem, 'expected' | 'got'>[] {
  try {
    return namesIn(parse(text))
      .filter((each) => !known.includes(each))
      .map((each) => ({ expected: `one of the names ${known.join(', ')}, or of the functions ${functions.join(', ')}`, got: each }));
  } catch (error) {
    const expected = 'an expression such as scheduler.max_tasks_per_batch / scheduler.poll_interval_secs';
    return [{ expected, got: `${JSON.stringify(text)} (${reasonOf(error)})` }];
  }
}

/** The ceilings of a description for a config. One whose value is no number (something / 0) is none. */
export function describedCeilings({ ceilings }: TargetDescription, config: PerfConfig, places: Places): readonly Ceiling[] {
  const { submit_concurrency, scheduler } = config;
  const duration = meanTaskSeconds(config);
  const tasks_per_workflow = mostTasksPerRun(config);
  const values: Values = { duration, tasks_per_workflow, submit_concurrency, scheduler: { ...scheduler } };
  if (places.kind === 'bounded') values['places'] = places.count;
  const numberOf = (text: string): number => Number(parse(text).evaluate(values));
  // Of several workflows there is no one number of tasks.
  const known = isMixed(config) ? ceilings.filter(({ value }) => !namesIn(parse(value)).includes('tasks_per_workflow')) : ceilings;
  return known.map(({ name, title = name, figure, value, at_once, formula = value }) => {
    const ofPlaces = places.kind === 'bounded' ? (places.settings ?? []) : [];
    const settings = namesIn(parse(value))
      .filter((each) => !ofLoad.has(each))
      .flatMap((each) => (each === 'places' ? ofPlaces : [each]));
    const atOnce = at_once === undefined ? undefined : Math.max(1, Math.round(numberOf(at_once)));
    return {
      name,
      title,
      figure,
      value: numberOf(value),
      settings: [...new Set(settings)],
      formula,
      ...(atOnce !== undefined && { atOnce }),
    };
  });
}

/** Arithmetic, comparisons for a choice (`a < b ? a : b`) and a few functions; nothing that is assigned, made, random or a text. */
function parse(text: string): Expression {
  const parser = new Parser({
    operators: { logical: false, concatenate: false, assignment: false, fndef: false, in: false, random: false },
  });
  parser.consts = {};
  const all = parser.functions as Readonly<Record<string, unknown>>;
  const ofOne = parser.unaryOps as Readonly<Record<string, unknown>>;
  const only = (some: Readonly<Record<string, unknown>>, kept: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(Object.entries(some).filter(([name]) => kept.includes(name)));
  parser.functions = only(all, functions);
  parser.unaryOps = only(ofOne, ['+', '-', ...functions]);
  return parser.parse(text);
}

function namesIn(expression: Expression): readonly string[] {
  return expression.variables({ withMembers: true });
}
