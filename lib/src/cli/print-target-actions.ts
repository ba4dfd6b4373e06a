import { ConfigError } from '../config/config-error.ts';
import { findWorkspace } from '../config/workspace.ts';
import { printableLine } from '../report/printable.ts';
import { findTargetFile } from '../targets/described/target-file.ts';
import { type TargetActions, foreignTargetFile, targetActions } from '../targets/described/target-actions.ts';
import { print, printJson, say } from './output.ts';

/** Prints what a target file may do. Nothing of it is run. Throws a ConfigError where there is no such file. */
export async function printTargetActions(name: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const path = findTargetFile(name, findWorkspace());
  if (path === undefined)
    throw new ConfigError([
      { place: 'target show', key: '', expected: 'a target file, or the name of one in perf-configs/targets', got: name },
    ]);
  const actions = await targetActions(path, name);
  if (json) printJson(actions);
  else print(textOf(actions));
}

const said = new Set<string>();

/** Says on stderr what a target from outside the workspace's perf-configs will do, once, before any of it is done. */
export async function sayForeignTarget(name: string): Promise<void> {
  const path = foreignTargetFile(name, findWorkspace());
  if (path === undefined || said.has(path)) return;
  said.add(path);
  say(`This target is not of this workspace's perf-configs. What it does here, as you:\n${textOf(await targetActions(path, name))}\n`);
}

function textOf({ path, description, actions, reads }: TargetActions): string {
  const width = Math.max(...actions.map(({ when }) => when.length));
  return [
    printableLine(`${path}: ${description}`),
    // On one line each: a line break in a command is not to look like the next entry.
    ...actions.map(({ when, kind, what }) => printableLine(`  ${when.padEnd(width)}  ${kind.padEnd(7)}  ${what}`)),
    `  Its commands run as you, with your environment and DATABASE_URL of the experiment's database${reads.length === 0 ? '' : `; it names ${reads.join(', ')}`}.`,
  ].join('\n');
}
