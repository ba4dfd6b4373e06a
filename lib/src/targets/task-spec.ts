import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { TaskDuration } from '../config/task-duration.ts';
import { foldersOf } from '../config/shipped.ts';
import { workflowsOf } from '../config/mixed.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { type Work, tellsEnds } from '../config/work.ts';
import { requireWorkScript } from './work-script.ts';
import type { Workspace } from '../config/workspace.ts';

/** What every task of an experiment does. Plain data: it is sent to scheduler processes. */
export type TaskSpec = (
  | { readonly executor: 'inline' }
  | { readonly executor: 'process'; readonly scriptPath: string; readonly workingDirectory: string }
) & {
  readonly duration: TaskDuration;
  readonly work?: Work;
  /** Whether each execution says when it ended, and how. */
  readonly tellsEnds?: boolean;
  /** Where each execution of a task leaves a line, see evidence.ts. Left out: nowhere. */
  readonly evidencePath?: string;
};

/** Resolves the config's script. Throws a ConfigError when there is no such file, or it is none that can be executed. */
export function taskSpec(config: PerfConfig, workspace: Workspace): TaskSpec {
  const common = { duration: config.duration, tellsEnds: tellsEnds(config), ...(config.work && { work: config.work }) };
  if (config.executor === 'inline') return { executor: 'inline', ...common };
  const [own = '', ...others] = foldersOf('scripts', workspace).map((folder) => join(folder, config.script));
  const candidates = [own, resolve(config.script), ...others];
  const scriptPath = candidates.find((path) => existsSync(path));
  const place = `config ${config.name}`;
  if (scriptPath === undefined) {
    throw new ConfigError([
      {
        place,
        key: 'script',
        expected: 'a file of test-scripts/, or a path from the working directory',
        got: `${config.script}, which does not exist`,
      },
    ]);
  }
  if (!statSync(scriptPath).isFile())
    throw new ConfigError([
      { place, key: 'script', expected: 'an executable file', got: `${config.script}, which is a directory or no file` },
    ]);
  try {
    accessSync(scriptPath, constants.X_OK);
  } catch {
    throw new ConfigError([{ place, key: 'script', expected: 'an executable file', got: `${config.script}, which is not (chmod +x it)` }]);
  }
  if (workflowsOf(config).some(({ work }) => work?.kind === 'cpu')) requireWorkScript(config, scriptPath);
  return {
    executor: 'process',
    ...common,
    scriptPath,
    workingDirectory: existsSync(workspace.scripts) ? workspace.scripts : dirname(scriptPath),
  };
}
