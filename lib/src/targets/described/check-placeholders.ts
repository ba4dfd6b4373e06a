import { linearPattern, linearPatternWords } from '../../config/linear-pattern.ts';
import type { ConfigProblem } from '../../config/config-error.ts';
import { placeholdersIn, textsIn } from './placeholders.ts';
import { runPlaceholders } from './run-values.ts';
import type { ProcessDescription, Step, TargetDescription } from './target-schema.ts';

const schedulerOptions = [
  'scheduler.poll_interval_secs',
  'scheduler.max_tasks_per_batch',
  'scheduler.max_concurrent_dispatches',
  'scheduler.max_concurrent_status_checks',
  'scheduler.db_pool_size',
  'scheduler.processes',
] as const;

/** What a config says of recovery. */
export const recoveryPlaceholders = [
  'recovery.max_attempts',
  'recovery.retry_delay_seconds',
  'recovery.dead_after_seconds',
  'recovery.check_seconds',
] as const;

/** What can be written everywhere. */
const generalNames = [
  'workflow',
  'workflow_key',
  'config',
  'task_count',
  'task_parents',
  'history',
  'duration',
  'duration_ms',
  'executor',
  'script',
  'script_name',
  'scripts',
  'workspace',
  'target_directory',
  'temporary_directory',
  'database.host',
  'database.port',
  'database.name',
  'database.user',
  ...schedulerOptions,
  ...recoveryPlaceholders,
  'work.payload',
  'periodic.schedules',
  'periodic.every',
  'periodic.cron',
] as const;

/** They hold the password, so they are for the environment alone: arguments show in `ps`, files stay. */
const secretNames: readonly string[] = ['database_url', 'database.password'];

/** A variable of the environment that orchlab runs in, in the headers of a request: a token, say. */
const environmentName = /^env\.\w+$/;

type Path = readonly (string | number)[];

/** Placeholders that there is no value for, values in SQL, and secrets where they would be seen. */
export function placeholderProblems(target: TargetDescription, placeOf: (path: Path) => string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report = (path: Path, expected: string, got: string): void => {
    problems.push({ place: placeOf(path), key: path.join('.'), expected, got });
  };
  /** Checks every text in a value. */
  const check = (path: Path, value: unknown, names: readonly string[], others?: RegExp): void => {
    for (const [place, text] of textsIn(value, path)) {
      for (const name of placeholdersIn(text)) {
        if (names.includes(name) || others?.test(name)) continue;
        if (secretNames.includes(name))
          report(
            place,
            `{{${name}}} in env only, for it holds the password (every command has DATABASE_URL in its environment)`,
            `{{${name}}}`,
          );
        else if (environmentName.test(name)) report(place, 'a variable of the environment in http.headers only', `{{${name}}}`);
        else report(place, `one of the placeholders ${names.join(', ')}`, `{{${name}}}`);
      }
    }
  };
  const checkSql = (path: Path, sql: string | undefined): void => {
    const [name] = placeholdersIn(sql ?? '');
    if (name !== undefined) report(path, 'values as $1, $2 ... with `parameters`', `{{${name}}}`);
  };
  const checkStep = (path: Path, step: Step, names: readonly string[]): void => {
    checkSql([...path, 'sql'], step.sql);
    for (const key of ['parameters', 'command', 'cwd'] as const) check([...path, key], step[key], names);
    check([...path, 'env'], step.env, [...names, ...secretNames]);
    check([...path, 'http', 'url'], step.http?.url, names);
    check([...path, 'http', 'body'], step.http?.body, names);
    check([...path, 'http', 'headers'], step.http?.headers, names, environmentName);
  };
  const checkProcess = (path: Path, described: ProcessDescription, names: readonly string[]): void => {
    const files = Object.keys(described.files).map((name) => `file.${name}`);
    check([...path, 'command'], described.command, [...names, ...files]);
    check([...path, 'cwd'], described.cwd, names);
    check([...path, 'env'], described.env, [...names, ...files, ...secretNames]);
    check([...path, 'files'], described.files, names);
    check([...path, 'ready', 'http'], described.ready?.http, names);
    checkSql([...path, 'ready', 'sql'], described.ready?.sql);
    check([...path, 'ready', 'parameters'], described.ready?.parameters, names);
  };

  const programs = Object.keys(target.programs).map((name) => `program.${name}`);
  const general = [...generalNames, ...programs, ...target.processes.map(({ name }) => `process.${name}.port`)];
  for (const [name, { check: args, env }] of Object.entries(target.programs)) {
    check(['programs', name, 'check'], args, ['workspace', 'target_directory']);
    check(['programs', name, 'env'], env, ['workspace', 'target_directory']);
  }
  check(['version', 'command'], target.version?.command, general);
  check(['version', 'env'], target.version?.env, general);
  if (typeof target.places === 'object') {
    check(['places', 'count'], target.places.count, schedulerOptions);
    check(['places', 'by'], target.places.by, schedulerOptions);
  }
  for (const key of ['prepare', 'clean'] as const)
    for (const [index, step] of target[key].entries()) checkStep([key, index], step, general);
  const ofSubmit = [...general, ...runPlaceholders, 'run_id', 'run_index', 'not_before', 'port'];
  if (Array.isArray(target.submit)) for (const [index, way] of target.submit.entries()) checkStep(['submit', index], way, ofSubmit);
  else checkStep(['submit'], target.submit, ofSubmit);
  for (const [index, described] of target.processes.entries()) checkProcess(['processes', index], described, [...general, 'port']);
  checkProcess(['scheduler'], target.scheduler, [...general, 'instance', 'port']);
  for (const key of ['tasks', 'open'] as const) {
    checkSql([key, 'sql'], target[key]?.sql);
    check([key, 'parameters'], target[key]?.parameters, general);
  }
  return problems;
}

/** Regular expressions that are none, or that could take for ever. */
export function patternProblems(target: TargetDescription, placeOf: (path: Path) => string): ConfigProblem[] {
  const ways = [target.submit].flat();
  const patterns: readonly (readonly [Path, string | undefined])[] = [
    [['version', 'pattern'], target.version?.pattern],
    ...Object.entries(target.roles).map(([role, pattern]) => [['roles', role], pattern] as const),
    ...target.processes.map(({ ready }, index) => [['processes', index, 'ready', 'log'], ready?.log] as const),
    [['scheduler', 'ready', 'log'], target.scheduler.ready.log],
    ...ways.map((way, index): readonly [Path, string | undefined] => [
      Array.isArray(target.submit) ? ['submit', index, 'run_id'] : ['submit', 'run_id'],
      way.command && way.run_id,
    ]),
  ];
  return patterns.flatMap(([path, pattern]) => {
    try {
      if (pattern !== undefined) linearPattern(pattern);
      return [];
    } catch (error) {
      return [
        {
          place: placeOf(path),
          key: path.join('.'),
          expected: linearPatternWords,
          got: `${JSON.stringify(pattern)} (${(error as Error).message})`,
        },
      ];
    }
  });
}

const factor = String.raw`(?:\d+|\{\{[^{}]+\}\})`;
const product = new RegExp(String.raw`^\s*${factor}(?:\s*\*\s*${factor})*\s*$`);

/** What contradicts itself: a number of places that is no product, names and roles that are taken. */
export function meaningProblems({ places, processes, roles }: TargetDescription, placeOf: (path: Path) => string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report = (path: Path, expected: string, got: string): void => {
    problems.push({ place: placeOf(path), key: path.join('.'), expected, got });
  };
  if (typeof places === 'object' && typeof places.count === 'string' && !product.test(places.count))
    report(
      ['places', 'count'],
      'a number, a placeholder, or a product of them as in {{scheduler.processes}} * 2',
      JSON.stringify(places.count),
    );
  const taken = ['driver', 'sampler', 'postgres', 'own-backends'];
  for (const role of Object.keys(roles))
    if (taken.includes(role)) report(['roles', role], `another name than ${taken.join(', ')}, which orchlab uses itself`, role);
  for (const [index, { name, role = name }] of processes.entries()) {
    const own = [...taken, 'scheduler', 'workers'];
    if (own.includes(role)) report(['processes', index, 'role'], `another name than ${own.join(', ')}, which orchlab uses itself`, role);
    if (processes.findIndex((other) => other.name === name) < index)
      report(['processes', index, 'name'], 'a name of its own', JSON.stringify(name));
  }
  return problems;
}
