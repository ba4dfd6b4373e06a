import type { Command } from 'commander';
import type { TargetsOptions } from './print-targets.ts';
import { toCount, toTimeout } from './number-options.ts';

interface CheckCommandOptions {
  readonly executor: 'process' | 'inline';
  readonly processes: number;
  readonly timeout: number;
  readonly json?: boolean;
}

export function addTargetCommands(program: Command): void {
  program
    .command('targets')
    .summary('list the orchestrators that can be measured')
    .description(
      'List the targets: those that orchlab brings, and those that perf-configs/targets describes. Nothing of a target file is run.',
    )
    .option('--check', 'try the programs of target files as they say, after saying with what commands')
    .option('--json', 'print one JSON array on stdout')
    .action(async (options: TargetsOptions) => {
      const { printTargets } = await import('./print-targets.ts');
      await printTargets(options);
    });

  const target = program.command('target').summary('try a target').description('Try a target.');
  target
    .command('show')
    .summary('say what a target file may do, without doing any of it')
    .description(
      'Read a target file and list the commands, SQL and requests that it has run, the files it has made and the variables it names. Nothing of it is run.',
    )
    .argument('<target>', 'a path to the YAML file, or its name')
    .option('--json', 'print one JSON object on stdout')
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const { printTargetActions } = await import('./print-target-actions.ts');
      await printTargetActions(name, options);
    });
  target
    .command('check')
    .summary('run a target with a few tasks and say what is wrong')
    .description(
      'Run a target with three tasks in a database of its own, step by step, then with as many long ones as show how many run at once, and say what is wrong in words.',
    )
    .argument('<target>', 'its name, or a path to the YAML file that describes it')
    .option('--executor <kind>', 'how a task works: process or inline', 'process')
    .option('--processes <count>', 'schedulers to start', toCount, 1)
    .option('--timeout <seconds>', 'limit for the tasks to end, and for as many as can to begin', toTimeout, 30)
    .option('--json', 'print one JSON array on stdout')
    .action(async (name: string, options: CheckCommandOptions) => {
      const { printTargetCheck } = await import('./print-targets.ts');
      await printTargetCheck(name, options);
    });
}
