import type { Command } from 'commander';
import { type ConfigOptions, addThreshold, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { toCount, toPositive, toRatio } from './number-options.ts';
import { type SeriesOptions, startOrResume, withSeriesOptions } from './series-options.ts';

interface CapacityCommandOptions extends ConfigOptions, SeriesOptions {
  readonly slo?: readonly string[];
  readonly start?: number;
  readonly seconds?: number;
  readonly resolution?: number;
  readonly probes?: number;
}

export function addCapacityCommand(program: Command): void {
  const command = withConfigOptions(
    program
      .command('capacity')
      .summary('find the highest rate at which an objective is kept')
      .description(
        'Find the highest rate of runs at which a target keeps an objective and keeps up with the load: one experiment a rate, each on a fresh database; print the interval, and what limits beyond.',
      )
      .argument('[config]', 'a config of perf-configs by name, or a path to a YAML file'),
  )
    .option('--slo <thresholds>', "the objective, for instance 'response.p99 < 500 ms, tasks.lost = 0'; repeatable", addThreshold)
    .option('--start <rate>', 'runs per second of the first probe (default: 10, or as many as the objective takes)', toPositive)
    .option('--seconds <seconds>', "length of the load of a probe (default: the config's load_seconds, or 30)", toPositive)
    .option('--resolution <percent>', 'width of the interval at which the search ends (default: 5%)', toRatio)
    .option('--probes <count>', 'experiments at most (default: 40)', toCount);
  withSeriesOptions(command, {
    seed: 'random arrivals follow',
    resume: '; with --probes, with more of them',
    json: ': the answer and its probes',
    baseline: 'a search has its objective (--slo) in place of thresholds; compare answers by orchlab compare',
  })
    .addHelpText(
      'after',
      `
Examples:
  orchlab capacity latency --slo 'response.p99 < 500 ms, tasks.lost = 0'
  orchlab capacity --tasks 1 --duration 0.05 --target pg-boss --slo 'response.p99 < 1 s' --seconds 60 --start 20
  orchlab capacity --resume                           go on with the latest search`,
    )
    .action(async (name: string | undefined, options: CapacityCommandOptions) => {
      const { slo, start, seconds, resolution, probes } = options;
      await startOrResume({
        kind: 'capacity',
        options,
        own: [name, slo, start, seconds],
        expected: 'nothing beside it but --probes, as the search has its config and its objective',
        resume: () => (probes === undefined ? {} : { request: { mostProbes: probes } }),
        start: async (chosen) => {
          if (slo === undefined)
            throw new UsageError("capacity: expected --slo with what is to be kept, as in --slo 'response.p99 < 500 ms, tasks.lost = 0'");
          // Without a config, options need not say how large the load is: the search does.
          const load = { 'arrival.constant': start ?? 10, load_seconds: seconds ?? 30 };
          const config = await configFrom(name, name === undefined ? { ...options, set: { ...load, ...options.set } } : options);
          const { findCapacity } = await import('../run/capacity.ts');
          return findCapacity(config, { objective: slo, start, seconds, resolution, mostProbes: probes, ...chosen });
        },
      });
    });
}
