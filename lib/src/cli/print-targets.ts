import { from } from 'arquero';
import { findWorkspace } from '../config/workspace.ts';
import { checkTarget } from '../experiment/check-target.ts';
import type { CheckStep } from '../experiment/target-trial.ts';
import { printableLine } from '../report/printable.ts';
import { textTable } from '../report/text-table.ts';
import { sayForeignTarget } from '../run/foreign-target.ts';
import { listTargets } from '../targets/registry.ts';
import { exitCodes } from './exit-codes.ts';
import { withInterruption } from './interruption.ts';
import { print, printJson, say } from './output.ts';

export interface TargetsOptions {
  readonly json?: boolean;
  readonly check?: boolean;
}

/** Lists the targets. Nothing of a target file is run, but with `check` the programs that it says how to try: they are said before. */
export async function printTargets({ json = false, check = false }: TargetsOptions): Promise<void> {
  const workspace = findWorkspace();
  const listed = await listTargets(workspace);
  const commands = new Set(listed.flatMap(({ checks = [] }) => checks));
  if (check && commands.size > 0)
    say(`To see whether their programs work, this is run:\n${[...commands].map((each) => `  ${printableLine(each)}`).join('\n')}\n`);
  const targets = check ? await listTargets(workspace, { check }) : listed;
  if (json) {
    printJson(targets);
    return;
  }
  const rows = targets.map(({ name, description, executors, schedulers, dependencies, from: source, checks = [], problem }) => ({
    target: name,
    description,
    executors: executors.join(', '),
    schedulers,
    dependencies: dependencies ? 'yes' : 'no',
    from: source,
    here: problem !== undefined ? 'no' : check || checks.length === 0 ? 'yes' : 'not tried',
  }));
  print(textTable(from(rows), { limit: Number.POSITIVE_INFINITY }));
  const problems = new Set(targets.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
  for (const problem of problems) say(problem);
  if (!check && rows.some(({ here }) => here === 'not tried'))
    say('Whether the programs of those that were not tried work: orchlab targets --check');
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
  await sayForeignTarget(target, findWorkspace());
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
