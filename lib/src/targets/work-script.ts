import { readFileSync } from 'node:fs';
import { assetPath } from '../config/assets.ts';
import { ConfigError } from '../config/config-error.ts';

/** The environment variable that names the script which does a task's work as the config says it, for a task's own script to source. */
export const workVariable = 'ORCHLAB_WORK';

/** Its path. */
export function workScript(): string {
  return assetPath('task-work.sh');
}

/** Throws a ConfigError where the config's script would not do it. */
export function requireWorkScript(config: { readonly name: string; readonly script: string }, scriptPath: string): void {
  if (readFileSync(scriptPath, 'latin1').includes(workVariable)) return;
  throw new ConfigError([
    {
      place: `config ${config.name}`,
      key: 'script',
      expected: `a script that does its work by . "$${workVariable}", as perf-task.sh does`,
      got: `${config.script}, which does not`,
    },
  ]);
}
