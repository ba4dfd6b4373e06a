import type { Command } from 'commander';
import { type ConfigOptions, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { toCount } from './number-options.ts';
import { type SeriesOptions, startOrResume, withSeriesOptions } from './series-options.ts';

interface NeighbourCommandOptions extends ConfigOptions, SeriesOptions {
  readonly victim?: string;
  readonly rounds?: number;
}

export function addNeighbourCommand(program: Command): void {
  const command = withConfigOptions(
    program
      .command('neighbour')
      .summary('what a workflow has of those beside it')
      .description(
        'Measure one of the workflows of a config alone and beside the others, in turn: its response time and wait, and by how much they differ.',
      )
      .argument('[config]', 'a config with a list of workflows, by name or path, for instance mixed'),
  )
    .option('--victim <workflow>', 'which of its workflows to look at')
    .option('--rounds <count>', 'rounds of two experiments each (default: 6, the least for an interval at 95 %)', toCount);
  withSeriesOptions(command, {
    seed: 'the order of the two experiments of each round follows',
    resume: '; with --rounds, with more of them',
    json: ': the finding and its rounds',
    baseline: 'the victim alone is the baseline',
  })
    .addHelpText(
      'after',
      `
Examples:
  orchlab neighbour mixed --victim victim
  orchlab neighbour mixed --victim victim --target pg-boss --rounds 8
  orchlab neighbour --resume                          go on with the latest`,
    )
    .action(async (name: string | undefined, options: NeighbourCommandOptions) => {
      const { victim, rounds } = options;
      await startOrResume({
        kind: 'neighbour',
        options,
        own: [name, victim],
        expected: 'nothing beside it but --rounds, as it has its config and its victim',
        resume: () => (rounds === undefined ? {} : { request: { rounds } }),
        start: async (chosen) => {
          if (name === undefined)
            throw new UsageError('neighbour: expected a config, as in orchlab neighbour mixed --victim victim, got none');
          const config = await configFrom(name, options);
          if (victim === undefined) {
            const names = typeof config.workflows === 'object' ? config.workflows.map((each) => each.name).join(', ') : 'none';
            throw new UsageError(`neighbour: expected --victim, one of the workflows of ${config.name} (${names}), got none`);
          }
          const { measureNeighbour } = await import('../run/neighbour.ts');
          return measureNeighbour(config, { victim, ...(rounds !== undefined && { rounds }), ...chosen });
        },
      });
    });
}
