import type { Workspace } from '../config/workspace.ts';
import { printable, printableLine } from '../report/printable.ts';
import { type TargetActions, foreignTargetFile, targetActions } from '../targets/described/target-actions.ts';

const said = new Set<string>();

/**
 * Says on stderr (in a notebook: in the cell) what a target from outside the workspace's perf-configs will do, once in this process. To be called
 * before any of it is done, the `check` of its programs included: whoever runs experiments does, the command, the API and a series that is resumed.
 */
export async function sayForeignTarget(name: string, workspace: Workspace): Promise<void> {
  const path = foreignTargetFile(name, workspace);
  if (path === undefined || said.has(path)) return;
  said.add(path);
  const actions = targetActionsText(await targetActions(path, name));
  process.stderr.write(printable(`This target is not of this workspace's perf-configs. What it does here, as you:\n${actions}\n\n`));
}

/** What a target file may do, each on a line of its own. */
export function targetActionsText({ path, description, actions, reads }: TargetActions): string {
  const width = Math.max(...actions.map(({ when }) => when.length));
  return [
    printableLine(`${path}: ${description}`),
    // On one line each: a line break in a command is not to look like the next entry.
    ...actions.map(({ when, kind, what }) => printableLine(`  ${when.padEnd(width)}  ${kind.padEnd(7)}  ${what}`)),
    `  Its commands run as you, with your environment and DATABASE_URL of the experiment's database${reads.length === 0 ? '' : `; it names ${reads.join(', ')}`}.`,
  ].join('\n');
}
