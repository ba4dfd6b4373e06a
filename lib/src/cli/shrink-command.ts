import type { Command } from 'commander';
import { type ConfigOptions, configFrom, withConfigOptions } from './config-options.ts';
import { toCount, toPositive } from './number-options.ts';
import { type SeriesOptions, startOrResume, withSeriesOptions } from './series-options.ts';

export interface ShrinkCommandOptions extends ConfigOptions, Omit<SeriesOptions, 'seed'> {
  readonly probes?: number;
  readonly tries?: number;
  readonly seconds?: number;
}

export function addShrinkCommand(program: Command): void {
  const command = withConfigOptions(
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
    .option('--seconds <seconds>', 'begin no experiment after so long (default: 1800)', toPositive);
  withSeriesOptions(command, { resume: '', json: '', baseline: 'what is made smaller is a loss, not a time' }).action(
    async (name: string | undefined, options: ShrinkCommandOptions) => runShrink(name, options),
  );
}

/** Also what `run --shrink` does. */
export async function runShrink(name: string | undefined, options: ShrinkCommandOptions): Promise<void> {
  const { probes, tries, seconds } = options;
  const request = {
    ...(probes !== undefined && { mostProbes: probes }),
    ...(tries !== undefined && { tries }),
    ...(seconds !== undefined && { seconds }),
  };
  await startOrResume({
    kind: 'shrink',
    options,
    own: [name],
    expected: 'no config beside it, as the search has its own',
    resume: () => ({ request }),
    start: async ({ signal, keepDatabase }) => {
      const { shrink } = await import('../run/shrink.ts');
      return shrink(await configFrom(name, options), { ...request, signal, keepDatabase });
    },
  });
}
