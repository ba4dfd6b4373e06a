import { findTargetFile, loadTargetFile, submitWays } from './target-file.ts';
import type { HttpRequest, ProcessDescription, Step, TargetDescription } from './target-schema.ts';
import { placeholdersIn, textsIn } from './placeholders.ts';
import { relative } from 'node:path';
import type { Workspace } from '../../config/workspace.ts';

/** One thing that a target file has done. */
export interface TargetAction {
  /** When it is done: prepare, scheduler, submit and so on, as the keys of the file. */
  readonly when: string;
  readonly kind: 'command' | 'sql' | 'http' | 'file' | 'program';
  /** The command's arguments as JSON, the SQL, the request, the file's name, or where a program is looked for. */
  readonly what: string;
}

/** What a target file may do, found by reading it alone: nothing of it is run. */
export interface TargetActions {
  readonly path: string;
  readonly description: string;
  readonly actions: readonly TargetAction[];
  /** Variables of orchlab's environment that it names. Its commands inherit all others, too, and have DATABASE_URL. */
  readonly reads: readonly string[];
}

/** Reads what a target file may do. Throws a ConfigError where there is none, or something is wrong with it. */
export async function targetActions(path: string, name: string): Promise<TargetActions> {
  const { description } = await loadTargetFile(path, name);
  const named = Object.values(description.programs).flatMap(({ variable }) => variable ?? []);
  const inHeaders = textsIn(description)
    .flatMap(([, text]) => placeholdersIn(text))
    .filter((placeholder) => placeholder.startsWith('env.'))
    .map((placeholder) => placeholder.slice('env.'.length));
  return {
    path,
    description: description.description,
    actions: actionsOf(description),
    reads: [...new Set([...named, ...inHeaders])].sort(),
  };
}

/** The file of a target that is not one of this workspace's configs; undefined for all others. */
export function foreignTargetFile(name: string, workspace: Workspace): string | undefined {
  const path = findTargetFile(name, workspace);
  return path !== undefined && relative(workspace.configs, path).startsWith('..') ? path : undefined;
}

function actionsOf(target: TargetDescription): TargetAction[] {
  const ways = submitWays(target);
  return [
    ...Object.entries(target.programs).flatMap(([name, { paths, check, env }]) => [
      { when: `programs.${name}`, kind: 'program' as const, what: [...paths, `${name} of PATH`].join(', ') },
      ...(check ? [command(`programs.${name}.check`, [name, ...check], env)] : []),
    ]),
    ...(target.version ? [command('version', target.version.command, target.version.env)] : []),
    ...target.prepare.flatMap((step) => ofStep('prepare', step)),
    ...(target.history ?? []).flatMap((step) => ofStep('history', step)),
    ...target.processes.flatMap((process) => ofProcess(`processes.${process.name}`, process)),
    ...ofProcess('scheduler', target.scheduler),
    ...ways.flatMap((way) => ofStep(way.name === undefined ? 'submit' : `submit ${way.name}`, way)),
    sql('tasks', target.tasks.sql),
    ...(target.open ? [sql('open', target.open.sql)] : []),
    ...target.clean.flatMap((step) => ofStep('clean', step)),
  ];
}

function ofProcess(when: string, { command: argv, cwd, env, files, ready }: ProcessDescription): TargetAction[] {
  return [
    ...Object.keys(files).map((name) => ({ when, kind: 'file' as const, what: `${name}, beside the results` })),
    command(when, argv, env, cwd),
    ...(ready?.sql === undefined ? [] : [sql(`${when}.ready`, ready.sql)]),
    ...(ready?.http === undefined ? [] : [{ when: `${when}.ready`, kind: 'http' as const, what: `GET ${ready.http}` }]),
  ];
}

function ofStep(when: string, step: Step): TargetAction[] {
  return [
    ...(step.command ? [command(when, step.command, step.env ?? {}, step.cwd)] : []),
    ...(step.sql === undefined ? [] : [sql(when, step.sql)]),
    ...(step.http ? [{ when, kind: 'http' as const, what: requestText(step.http) }] : []),
  ];
}

function command(when: string, argv: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): TargetAction {
  const names = Object.keys(env);
  const place = cwd === undefined ? '' : ` in ${cwd}`;
  return { when, kind: 'command', what: `${JSON.stringify(argv)}${place}${names.length === 0 ? '' : ` with ${names.join(', ')}`}` };
}

function sql(when: string, text: string): TargetAction {
  return { when, kind: 'sql', what: text.trim() };
}

function requestText({ method, url, headers }: HttpRequest): string {
  const names = Object.keys(headers);
  return `${method} ${url}${names.length === 0 ? '' : ` with the headers ${names.join(', ')}`}`;
}
