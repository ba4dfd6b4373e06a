import type { Command } from 'commander';
import { toCount, toRatio } from './number-options.ts';
import { toPicture } from './picture-option.ts';

export interface HistoryCommandOptions {
  readonly target?: string;
  readonly figure?: readonly string[];
  readonly last?: number;
  readonly minChange?: number;
  readonly import: readonly string[];
  readonly plot?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

export function addHistoryCommand(program: Command): void {
  program
    .command('history')
    .summary('figures of saved experiments over time, and where they changed')
    .description(
      'Figures of the experiments that ended as done, from their saved summaries, in lines of the same config, target, host and Postgres; where their level changed, and what changed there (engine, commit, orchlab).',
    )
    .argument('[config]', 'only experiments of this config')
    .option('--target <name>', 'only those of this target')
    .option('--figure <names...>', 'figures by name, for instance response.p99 (default: those that targets are compared by)')
    .option('--last <count>', 'at most so many experiments, the newest', toCount)
    .option('--min-change <ratio>', 'changes that are smaller are not told, for instance 3%', toRatio)
    .option(
      '--import <file>',
      'CSV with more of them (can be repeated)',
      (file: string, before: readonly string[]) => [...before, file],
      [],
    )
    .option('--plot <file>', 'write a picture (.svg or .png)', toPicture)
    .option('--csv', 'print CSV on stdout: every figure, or those of --figure')
    .option('--json', 'print one JSON array on stdout, an object a line of comparable experiments')
    .action(async (config: string | undefined, options: HistoryCommandOptions) => {
      const { printHistory } = await import('./print-history.ts');
      await printHistory(config, options);
    });
}
