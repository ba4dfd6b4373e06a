import { from } from 'arquero';
import { findWorkspace } from '../config/workspace.ts';
import { checkTarget } from '../experiment/check-target.ts';
import type { CheckStep } from '../experiment/target-trial.ts';
import { textTable } from '../report/text-table.ts';
import { listTargets } from '../targets/registry.ts';
import { exitCodes } from './exit-codes.ts';
import { withInterruption } from './interruption.ts';
import { print, printJson, say } from './output.ts';
import { sayForeignTarget } from './print-target-actions.ts';

export async function printTargets({ json = false }: { readonly json?: boolean }): Promise<void> {
  const targets = await listTargets(findWorkspace());
  if (json) {
    printJson(targets);
    return;
  }
  const rows = targets.map(({ name, description, executors, schedulers, dependencies, from: source, problem }) => ({
    target: name,
    description,
    executors: executors.join(', '),
    schedulers,
    dependencies: dependencies ? 'yes' : 'no',
    from: source,
    here: problem === undefined ? 'yes' : 'no',
  }));
  print(textTable(from(rows), { limit: Number.POSITIVE_INFINITY }));
  const problems = new Set(targets.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
  for (const problem of problems) say(problem);
}

interface CheckOptions {
  readonly executor: 'process' | 'inline';
  readonly processes: number;
  readonly timeout: number;
  readonly json?: boolean;
}

/** Prints each step of a check as it ends; the exit code says whether all was well. */
export async function printTargetCheck(target: string, { executor, processes, timeout, json = false }: CheckOptions): Promise<void> {
  const steps: CheckStep[] = [];
  await sayForeignTarget(target);
  await withInterruption(async (signal) => {
    const options = { target, executor, processes, timeoutSeconds: timeout, workspace: findWorkspace(), signal };
    for await (const step of checkTarget(options)) {
      steps.push(step);
      if (!json) print(textOf(step));
    }
  });
  const failed = steps.filter(({ problems }) => problems.length > 0).length;
  if (json) printJson(steps);
  else print(failed === 0 ? `\n${target} can be measured` : `\n${failed} of ${steps.length} steps went wrong`);
  if (failed > 0) process.exitCode = exitCodes.experimentFailed;
}

function textOf({ step, seconds, problems, notes }: CheckStep): string {
  const head = `${problems.length === 0 ? 'ok    ' : 'WRONG '} ${step} (${seconds.toFixed(2)} s)`;
  return [
    head,
    ...[...problems, ...notes.map((note) => `note: ${note}`)].map((text) => `       ${text.replaceAll('\n', '\n       ')}`),
  ].join('\n');
}
