import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import { configOf } from '../../config/mixed.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import { drawsOf } from '../../config/task-duration.ts';
import { isPlanned, type Work } from '../../config/work.ts';
import type { Workspace } from '../../config/workspace.ts';
import { failingBelow } from '../../random/task-draw.ts';
import { evidenceVariable } from '../evidence.ts';
import { payloadOf } from '../payload.ts';
import type { TargetContext } from '../target.ts';
import { taskSpec } from '../task-spec.ts';
import { requireWorkScript, workScript, workVariable } from '../work-script.ts';
import { runOf } from '../workflow-tasks.ts';
import { placeholdersIn } from './placeholders.ts';
import type { TargetDescription } from './target-schema.ts';

/**
 * What a task finds in its environment when the scheduler hands on its own: how long it works, or by what it finds out (docs/targets.md). orchlab can't
 * tell an engine of others what to ask of which task, so each works it out itself.
 */
export function taskEnvironment({ config: whole, task, temporaryDirectory }: TargetContext): Record<string, string> {
  // Workflows that differ in it say so with each run; what else they may differ in is refused.
  const config = configOf(whole, runOf(whole, undefined).workflow);
  return {
    ...(typeof config.duration === 'number'
      ? { TASK_DURATION: String(config.duration) }
      : { TASK_DURATIONS: fileOf(temporaryDirectory, 'durations.txt', `${[...drawsOf(config.duration)].join('\n')}\n`) }),
    ...(isPlanned(config) && { [workVariable]: workScript() }),
    ...(config.work && workEnvironment(config.work, temporaryDirectory)),
    ...(task.evidencePath === undefined ? {} : { [evidenceVariable]: task.evidencePath }),
  };
}

function workEnvironment(work: Work, directory: string): Record<string, string> {
  const attempts = join(directory, 'attempts');
  mkdirSync(attempts, { recursive: true });
  // The engine may run as another user.
  chmodSync(attempts, 0o777);
  return {
    TASK_KIND: work.kind,
    ...(work.failing_share > 0 && {
      TASK_FAILING_BELOW: String(failingBelow(work.failing_share)),
      TASK_FAILING_ATTEMPTS: String(work.failing_attempts),
      TASK_ATTEMPTS: attempts,
    }),
    ...(work.payload_bytes_out > 0 && { TASK_OUTPUT: fileOf(directory, 'output.txt', payloadOf(work.payload_bytes_out)) }),
  };
}

function fileOf(directory: string, name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o644 });
  return path;
}

/** Throws a ConfigError where a config asks for work that tasks of a described target would not do. */
export function refuseUnplanned(config: PerfConfig, workspace: Workspace, name: string, description: TargetDescription): void {
  if (!isPlanned(config)) return;
  const used = placeholdersIn(JSON.stringify(description));
  const placeholder = used.find((each) => ['duration', 'duration_ms'].includes(each));
  if (typeof config.duration !== 'number' && placeholder !== undefined)
    refuse(config, 'duration', `a number (${name} uses {{${placeholder}}}, which is one for all tasks)`, 'a distribution');
  if ((config.work?.payload_bytes_in ?? 0) > 0 && !used.includes('work.payload'))
    refuse(
      config,
      'work.payload_bytes_in',
      `0 (the description of ${name} does not use {{work.payload}})`,
      String(config.work?.payload_bytes_in),
    );
  if (!description.keeps_output) refuseResults(config, `the description of ${name} does not say keeps_output`);
  const spec = taskSpec(config, workspace);
  if (spec.executor === 'process') requireWorkScript(config, spec.scriptPath);
  else if (!description.inline_work)
    refuse(config, 'executor', `process (inline tasks of ${name} work a fixed time: its description does not say inline_work)`, 'inline');
}

/** Throws a ConfigError where a config asks tasks to return something, and `why` nobody would keep it. */
export function refuseResults(config: PerfConfig, why: string): void {
  const { payload_bytes_out: bytes = 0 } = config.work ?? {};
  if (bytes > 0) refuse(config, 'work.payload_bytes_out', `0 (${why})`, String(bytes));
}

function refuse(config: PerfConfig, key: string, expected: string, got: string): never {
  throw new ConfigError([{ place: `config ${config.name}`, key, expected, got }]);
}
