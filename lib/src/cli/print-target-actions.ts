import { ConfigError } from '../config/config-error.ts';
import { findWorkspace } from '../config/workspace.ts';
import { targetActionsText } from '../run/foreign-target.ts';
import { findTargetFile } from '../targets/described/target-file.ts';
import { targetActions } from '../targets/described/target-actions.ts';
import { print, printJson } from './output.ts';

/** Prints what a target file may do. Nothing of it is run. Throws a ConfigError where there is no such file. */
export async function printTargetActions(name: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const path = findTargetFile(name, findWorkspace());
  if (path === undefined)
    throw new ConfigError([
      { place: 'target show', key: '', expected: 'a target file, or the name of one in perf-configs/targets', got: name },
    ]);
  const actions = await targetActions(path, name);
  if (json) printJson(actions);
  else print(targetActionsText(actions));
}
