import type { ConfigProblem } from '../../config/config-error.ts';
import { placeholdersIn } from './placeholders.ts';
import type { Step, TargetDescription } from './target-schema.ts';

/** What can be written everywhere. */
const generalNames = [
  'workflow',
  'workflow_key',
  'config',
  'task_count',
  'duration',
  'executor',
  'script',
  'script_name',
  'scripts',
  'workspace',
  'target_directory',
  'scheduler.poll_interval_secs',
  'scheduler.max_tasks_per_batch',
  'scheduler.max_concurrent_dispatches',
  'scheduler.max_concurrent_status_checks',
  'scheduler.db_pool_size',
  'scheduler.processes',
] as const;

/** Holds the password, so it is for the environment alone: arguments show in `ps`, files stay. */
const secretName = 'database_url';

type Path = readonly (string | number)[];

/** Placeholders that there is no value for, values in SQL, and secrets where they would be seen. */
export function placeholderProblems(target: TargetDescription, placeOf: (path: Path) => string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const programs = Object.keys(target.programs).map((name) => `program.${name}`);
  const report = (path: Path, expected: string, got: string): void => {
    problems.push({ place: placeOf(path), key: path.join('.'), expected, got });
  };
  const check = (path: Path, text: unknown, names: readonly string[]): void => {
    if (typeof text !== 'string') return;
    for (const name of placeholdersIn(text)) {
      if (names.includes(name)) continue;
      if (name === secretName)
        report(
          path,
          `{{${secretName}}} in env only, for it holds the password (every command has DATABASE_URL in its environment)`,
          `{{${name}}}`,
        );
      else report(path, `one of the placeholders ${names.join(', ')}`, `{{${name}}}`);
    }
  };
  const checkAll = (
    path: Path,
    texts: readonly unknown[] | Readonly<Record<string, unknown>> | undefined,
    names: readonly string[],
  ): void => {
    for (const [key, text] of Object.entries(texts ?? {})) check([...path, Array.isArray(texts) ? Number(key) : key], text, names);
  };
  const checkSql = (path: Path, sql: string | undefined): void => {
    const [name] = placeholdersIn(sql ?? '');
    if (name !== undefined) report(path, 'values as $1, $2 ... with `parameters`', `{{${name}}}`);
  };
  const checkStep = (path: Path, step: Step, names: readonly string[]): void => {
    checkSql([...path, 'sql'], step.sql);
    checkAll([...path, 'parameters'], step.parameters, names);
    checkAll([...path, 'command'], step.command, names);
    check([...path, 'cwd'], step.cwd, names);
    checkAll([...path, 'env'], step.env, [...names, secretName]);
  };

  const general = [...generalNames, ...programs];
  const ofScheduler = [...general, 'instance', 'port'];
  const ofSubmit = [...general, 'run_id', 'run_index'];
  const files = Object.keys(target.scheduler.files).map((name) => `file.${name}`);
  checkAll(['version', 'command'], target.version?.command, programs);
  for (const [index, step] of target.prepare.entries()) checkStep(['prepare', index], step, general);
  for (const [index, step] of target.clean.entries()) checkStep(['clean', index], step, general);
  if (Array.isArray(target.submit)) for (const [index, way] of target.submit.entries()) checkStep(['submit', index], way, ofSubmit);
  else checkStep(['submit'], target.submit, ofSubmit);
  const { command, cwd, env, ready } = target.scheduler;
  checkAll(['scheduler', 'command'], command, [...ofScheduler, ...files]);
  check(['scheduler', 'cwd'], cwd, ofScheduler);
  checkAll(['scheduler', 'env'], env, [...ofScheduler, ...files, secretName]);
  checkAll(['scheduler', 'files'], target.scheduler.files, ofScheduler);
  check(['scheduler', 'ready', 'http'], ready.http, ofScheduler);
  checkSql(['scheduler', 'ready', 'sql'], ready.sql);
  checkAll(['scheduler', 'ready', 'parameters'], ready.parameters, ofScheduler);
  for (const key of ['tasks', 'counts'] as const) {
    checkSql([key, 'sql'], target[key]?.sql);
    checkAll([key, 'parameters'], target[key]?.parameters, general);
  }
  return problems;
}

/** Regular expressions that are none. */
export function patternProblems(target: TargetDescription, placeOf: (path: Path) => string): ConfigProblem[] {
  const ways = [target.submit].flat();
  const patterns: readonly (readonly [Path, string | undefined])[] = [
    [['version', 'pattern'], target.version?.pattern],
    [['scheduler', 'ready', 'log'], target.scheduler.ready.log],
    ...ways.map((way, index): readonly [Path, string | undefined] => [
      Array.isArray(target.submit) ? ['submit', index, 'run_id'] : ['submit', 'run_id'],
      way.run_id,
    ]),
  ];
  return patterns.flatMap(([path, pattern]) => {
    try {
      if (pattern !== undefined) RegExp(pattern);
      return [];
    } catch (error) {
      return [{ place: placeOf(path), key: path.join('.'), expected: 'a regular expression', got: (error as Error).message }];
    }
  });
}
