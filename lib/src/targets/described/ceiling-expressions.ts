import { type Expression, Parser, type Values } from 'expr-eval-fork';
import type { ConfigProblem } from '../../config/config-error.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import { reasonOf } from '../../errors/error-reason.ts';
import type { Ceiling } from '../../results/ceiling.ts';
import type { Places } from '../../results/target-profile.ts';
import type { TargetDescription } from './target-schema.ts';

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

type Path = readonly (string | number)[];

/** What is wrong with the ceilings of a description: no expressions, and names that a config has not. */
export function ceilingProblems({ ceilings, places }: TargetDescription, placeOf: (path: Path) => string): ConfigProblem[] {
  const known: readonly string[] = [...names, ...(typeof places === 'object' ? ['places'] : [])];
  return ceilings.flatMap(({ value, name }, index): ConfigProblem[] => {
    const path = ['ceilings', index, 'value'];
    const problem = { place: placeOf(path), key: path.join('.') };
    let expression: Expression;
    try {
      expression = parse(value);
    } catch (error) {
      return [
        {
          ...problem,
          expected: 'an expression such as scheduler.max_tasks_per_batch / scheduler.poll_interval_secs',
          got: `${JSON.stringify(value)} (${reasonOf(error)})`,
        },
      ];
    }
    const twin = ceilings.findIndex((other) => other.name === name) < index;
    return [
      ...(twin
        ? [
            {
              place: placeOf(['ceilings', index, 'name']),
              key: `ceilings.${index}.name`,
              expected: 'a name of its own',
              got: JSON.stringify(name),
            },
          ]
        : []),
      ...namesIn(expression)
        .filter((each) => !known.includes(each))
        .map((each) => ({
          ...problem,
          expected: `one of the names ${known.join(', ')}, or of the functions ${functions.join(', ')}`,
          got: each,
        })),
    ];
  });
}

/** The ceilings of a description for a config. One whose value is no number (something / 0) is none. */
export function describedCeilings({ ceilings }: TargetDescription, config: PerfConfig, places: Places): readonly Ceiling[] {
  const { duration, tasks_per_workflow, submit_concurrency, scheduler } = config;
  const values: Values = { duration, tasks_per_workflow, submit_concurrency, scheduler: { ...scheduler } };
  if (places.kind === 'bounded') values['places'] = places.count;
  return ceilings.map(({ name, title = name, figure, value, formula = value }) => {
    const expression = parse(value);
    const ofPlaces = places.kind === 'bounded' ? (places.settings ?? []) : [];
    const settings = namesIn(expression).flatMap((each) => (each === 'places' ? ofPlaces : [each]));
    return { name, title, figure, value: Number(expression.evaluate(values)), settings: [...new Set(settings)], formula };
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
