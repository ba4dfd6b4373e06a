import type { Command } from 'commander';

export function addTargetCommands(program: Command): void {
  program
    .command('targets')
    .summary('list the orchestrators that can be measured')
    .description('List the targets: those that orchlab brings, and those that perf-configs/targets describes.')
    .option('--json', 'print one JSON array on stdout')
    .action(async (options: { readonly json?: boolean }) => {
      const { printTargets } = await import('./print-targets.ts');
      await printTargets(options);
    });

  const target = program.command('target').summary('try a target').description('Try a target.');
  target
    .command('check')
    .summary('run a target with three tasks and say what is wrong')
    .description('Run a target with three tasks in a database of its own, step by step, and say what is wrong in words.')
    .argument('<target>', 'its name, or a path to the YAML file that describes it')
    .option('--executor <kind>', 'how a task works: process or inline', 'process')
    .option('--json', 'print one JSON array on stdout')
    .action(async (name: string, options: { readonly executor: 'process' | 'inline'; readonly json?: boolean }) => {
      const { printTargetCheck } = await import('./print-targets.ts');
      await printTargetCheck(name, options);
    });
}
