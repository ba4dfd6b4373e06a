import type { Command } from 'commander';
import { toCount } from './number-options.ts';

export function addResultsCommands(program: Command): void {
  program
    .command('list')
    .summary('list the experiments')
    .description('List the experiments of perf-results, oldest first, with their main figures, and the series of several, a row each.')
    .option('--config <name>', 'only those of this config')
    .option('--target <name>', 'only those of this target')
    .option('--last <count>', 'at most so many, the newest', toCount)
    .option('--json', 'print one JSON array on stdout, with the experiments of series, too')
    .action(async (options: { readonly config?: string; readonly target?: string; readonly last?: number; readonly json?: boolean }) => {
      // By itself: it needs no plots, and is to answer at once.
      const { printList } = await import('./print-list.ts');
      await printList(options);
    });

  program
    .command('show')
    .summary('print the summary of an experiment or a series')
    .description('Print the summary of an experiment, or what came of a series, again.')
    .argument('<experiment or series>', 'its name, the beginning of it, its directory, or "latest"')
    .option('--json', 'print one JSON object on stdout')
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const { printSummary } = await import('./print-results.ts');
      await printSummary(name, options);
    });

  program
    .command('report')
    .summary('write the report of an experiment or a series')
    .description(
      'Write report.html and the text summary of an experiment, or the text and the plots of a series, again, for instance after an update of orchlab.',
    )
    .argument('<experiment or series>', 'its name, the beginning of it, its directory, or "latest"')
    .action(async (name: string) => {
      const { printReportPath } = await import('./print-results.ts');
      await printReportPath(name);
    });
}
