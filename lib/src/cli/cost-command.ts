import type { Command } from 'commander';
import { type ConfigOptions, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { toCount } from './number-options.ts';
import { type SeriesOptions, startOrResume, withSeriesOptions } from './series-options.ts';

interface CostCommandOptions extends ConfigOptions, SeriesOptions {
  readonly config?: string;
  readonly rounds?: number;
}

export function addCostCommand(program: Command): void {
  const command = withConfigOptions(
    program
      .command('cost')
      .summary('what a queue costs in the database that it is in')
      .description(
        'Measure what a target costs in its database: commits, WAL, CPU and table bytes of a task, what it takes while idle, and what a small OLTP load beside it has of it.',
      )
      .argument('[target]', 'the orchestrator, as `orchlab targets` names it'),
  )
    .option('--config <config>', 'another config with `idle` and `bystander`, by name or path (default: cost)')
    .option('--rounds <count>', 'rounds of two experiments each (default: 3)', toCount);
  withSeriesOptions(command, {
    resume: '; with --rounds, with more of them',
    json: ': the card and its rounds',
    baseline: 'a card is of one target by itself; to compare two builds: orchlab bench, with the figures database.* and bystander.*',
  })
    .addHelpText(
      'after',
      `
Examples:
  orchlab cost pg-boss
  orchlab cost graphile-worker --set arrival.constant=200 --rounds 6
  orchlab cost ork --executor process --set arrival.constant=5
  orchlab cost --resume                               go on with the latest`,
    )
    .action(async (target: string | undefined, options: CostCommandOptions) => {
      const { config: name, rounds } = options;
      await startOrResume({
        kind: 'cost',
        options,
        own: [target, name],
        expected: 'nothing beside it but --rounds, as it has its target and its config',
        resume: () => (rounds === undefined ? {} : { request: { rounds } }),
        start: async (chosen) => {
          if (target === undefined) throw new UsageError('cost: expected a target, as in orchlab cost pg-boss, got none');
          const config = await configFrom(name ?? 'cost', { ...options, target });
          for (const key of ['idle', 'bystander'] as const)
            if (config[key] === undefined) throw new UsageError(`cost: expected a config with ${key}, got ${config.name} without`);
          const { measureCost } = await import('../run/cost.ts');
          return measureCost(config, { ...(rounds !== undefined && { rounds }), ...chosen });
        },
      });
    });
}
