import type { Command } from 'commander';
import { type ConfigOptions, addThreshold, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { withInterruption } from './interruption.ts';
import { type NoteOptions, noteInEnvironment, withNoteOptions } from './note-options.ts';
import { toCount, toPositive, toRatio, toSeed } from './number-options.ts';

interface CapacityCommandOptions extends ConfigOptions, NoteOptions {
  readonly slo?: readonly string[];
  readonly start?: number;
  readonly seconds?: number;
  readonly resolution?: number;
  readonly probes?: number;
  readonly seed?: number;
  readonly resume?: string | true;
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
}

export function addCapacityCommand(program: Command): void {
  withNoteOptions(
    withConfigOptions(
      program
        .command('capacity')
        .summary('find the highest rate at which an objective is kept')
        .description(
          'Find the highest rate of runs at which a target keeps an objective and keeps up with the load: one experiment a rate, each on a fresh database; print the interval, and what limits beyond.',
        )
        .argument('[config]', 'a config of perf-configs by name, or a path to a YAML file'),
    ),
  )
    .option('--slo <thresholds>', "the objective, for instance 'response.p99 < 500 ms, tasks.lost = 0'; repeatable", addThreshold)
    .option('--start <rate>', 'runs per second of the first probe (default: 10, or as many as the objective takes)', toPositive)
    .option('--seconds <seconds>', "length of the load of a probe (default: the config's load_seconds, or 30)", toPositive)
    .option('--resolution <percent>', 'width of the interval at which the search ends (default: 5%)', toRatio)
    .option('--probes <count>', 'experiments at most (default: 40)', toCount)
    .option('--seed <number>', 'what random arrivals follow from (default: a random one, which is saved)', toSeed)
    .option('--resume [series]', 'go on with one that was interrupted, by its name (default: the latest); with --probes, with more of them')
    .option('--json', 'print one JSON object on stdout: the answer and its probes (progress goes to stderr)')
    .option('--keep-database', 'keep the databases of the experiments, to look at them with SQL')
    .addHelpText(
      'after',
      `
Examples:
  orchlab capacity latency --slo 'response.p99 < 500 ms, tasks.lost = 0'
  orchlab capacity --tasks 1 --duration 0.05 --target pg-boss --slo 'response.p99 < 1 s' --seconds 60 --start 20
  orchlab capacity --resume                           go on with the latest search`,
    )
    .action(async (name: string | undefined, options: CapacityCommandOptions) => {
      noteInEnvironment(options);
      const { resume, slo, start, seconds, resolution, probes, seed, json = false, keepDatabase = false } = options;
      // Loaded when a command needs it: --help and a bad config answer at once.
      const [{ runAndPrintSeries }, { findCapacity }, { resumeSeries }] = await Promise.all([
        import('./run-series-command.ts'),
        import('../run/capacity.ts'),
        import('../run/resume-series.ts'),
      ]);
      if (resume !== undefined) {
        if (name !== undefined || slo !== undefined || start !== undefined || seconds !== undefined || seed !== undefined)
          throw new UsageError(
            'capacity --resume: expected nothing beside it but --probes, as the search has its config and its objective',
          );
        const request = probes === undefined ? {} : { request: { mostProbes: probes } };
        await withInterruption(async (signal) =>
          runAndPrintSeries(
            async () => resumeSeries(resume === true ? 'latest' : resume, { kind: 'capacity', signal, keepDatabase, ...request }),
            { json: json && 'series' },
          ),
        );
        return;
      }
      if (slo === undefined)
        throw new UsageError("capacity: expected --slo with what is to be kept, as in --slo 'response.p99 < 500 ms, tasks.lost = 0'");
      // Without a config, options need not say how large the load is: the search does.
      const load = { 'arrival.constant': start ?? 10, load_seconds: seconds ?? 30 };
      const config = await configFrom(name, name === undefined ? { ...options, set: { ...load, ...options.set } } : options);
      await withInterruption(async (signal) =>
        runAndPrintSeries(
          async () =>
            findCapacity(config, {
              objective: slo,
              start,
              seconds,
              resolution,
              mostProbes: probes,
              ...(seed !== undefined && { seed }),
              signal,
              keepDatabase,
            }),
          { json: json && 'series' },
        ),
      );
    });
}
