import type { Command } from 'commander';

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .summary('print what is known of one task')
    .description(
      'Print all that is known of one task of an experiment in the order of time: its submission, its states, its executions, and faults and events in between.',
    )
    .argument('<experiment>', 'its name, the beginning of it, its directory, or "latest"')
    .argument('<task>', 'the index of its run and its own, 12/0, or the id of its run in the engine and its index')
    .option('--json', 'print one JSON object on stdout')
    .action(async (name: string, task: string, options: { readonly json?: boolean }) => {
      const { printHistoryOfTask } = await import('./print-explanation.ts');
      await printHistoryOfTask(name, task, options);
    });
}
