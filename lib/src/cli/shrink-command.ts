import type { Command } from 'commander';
import { type ConfigOptions, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { withInterruption } from './interruption.ts';
import { toCount, toPositive } from './number-options.ts';

export interface ShrinkCommandOptions extends ConfigOptions {
  readonly probes?: number;
  readonly tries?: number;
  readonly seconds?: number;
  readonly resume?: string | true;
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
}

export function addShrinkCommand(program: Command): void {
  withConfigOptions(
    program
      .command('shrink')
      .summary('find the smallest load and faults that still lose or double a task')
      .description(
        'Make load and faults of a config smaller as long as a task is still lost, left stuck or executed twice; print the smallest config, and write it to a file for a maintainer.',
      )
      .argument('[config]', 'a config of perf-configs by name, or a path to a YAML file'),
  )
    .option('--probes <count>', 'experiments at most (default: 30)', toCount)
    .option('--tries <count>', 'how often a config is tried before it is said not to show it (default: 2)', toCount)
    .option('--seconds <seconds>', 'begin no experiment after so long (default: 1800)', toPositive)
    .option('--resume [series]', 'go on with one that was interrupted, by its name (default: the latest)')
    .option('--json', 'print one JSON object on stdout (progress goes to stderr)')
    .option('--keep-database', 'keep the databases of the experiments, to look at them with SQL')
    .action(async (name: string | undefined, options: ShrinkCommandOptions) => runShrink(name, options));
}

/** Also what `run --shrink` does. */
export async function runShrink(name: string | undefined, options: ShrinkCommandOptions): Promise<void> {
  const { probes, tries, seconds, resume, json = false, keepDatabase = false } = options;
  const [{ runAndPrintSeries }, { shrink }, { resumeSeries }] = await Promise.all([
    import('./run-series-command.ts'),
    import('../run/shrink.ts'),
    import('../run/resume-series.ts'),
  ]);
  if (resume !== undefined && name !== undefined)
    throw new UsageError('shrink --resume: expected no config beside it, as the search has its own');
  const request = {
    ...(probes !== undefined && { mostProbes: probes }),
    ...(tries !== undefined && { tries }),
    ...(seconds !== undefined && { seconds }),
  };
  const config = resume === undefined ? await configFrom(name, options) : undefined;
  await withInterruption(async (signal) =>
    runAndPrintSeries(
      async () =>
        config
          ? shrink(config, { ...request, signal, keepDatabase })
          : resumeSeries(typeof resume === 'string' ? resume : 'latest', { kind: 'shrink', signal, keepDatabase, request }),
      { json: json && 'series' },
    ),
  );
}
