import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import type { SettingValue } from '../results/series-record.ts';
import { type ConfigOptions, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { withGateFiles } from './gate-files.ts';
import { toCount } from './number-options.ts';
import { type SeriesOptions, startOrResume, withSeriesOptions } from './series-options.ts';

interface SweepCommandOptions extends ConfigOptions, SeriesOptions {
  readonly vary?: Readonly<Record<string, readonly SettingValue[]>>;
  readonly repeat?: number;
}

export function addSweepCommand(program: Command): void {
  const command = withGateFiles(
    withConfigOptions(
      program
        .command('sweep')
        .summary('run a config with all combinations of some settings')
        .description(
          'Run a config with all combinations of some settings, several rounds of them, each round in a random order of its own; print one table.',
        )
        .argument('[config]', 'a config of perf-configs by name, or a path to a YAML file'),
    ),
  )
    .option('--vary <key=values>', 'values of one setting, separated by commas: target=pg-boss,dbos; repeatable', addVary)
    .option('--repeat <count>', 'rounds: how often each combination is run (default: 3)', toCount);
  withSeriesOptions(command, {
    seed: 'the order follows',
    resume: '; with --repeat, with more rounds',
    json: ', with the figures of each combination',
    baseline:
      'the combinations of a sweep are different configs, of which no one baseline is; for one config on several targets: run --target a,b --repeat 3 --baseline ...',
  })
    .addHelpText(
      'after',
      `
Examples:
  orchlab sweep standard --vary scheduler.max_concurrent_dispatches=5,10,20,40
  orchlab sweep standard --vary scheduler.max_concurrent_dispatches=5,10,20,40 --vary target=pg-boss,graphile-worker --repeat 3
  orchlab sweep --runs 100 --tasks 5 --duration 0.1 --vary scheduler.poll_interval_secs=0.1,0.5,2
  orchlab sweep --resume                              go on with the latest sweep
  orchlab sweep --resume --repeat 5                   give it two rounds more`,
    )
    .action(async (name: string | undefined, options: SweepCommandOptions) => {
      const { vary, repeat } = options;
      const request = repeat === undefined ? {} : { repeat };
      await startOrResume({
        kind: 'sweep',
        options,
        own: [name, vary],
        expected: 'nothing beside it but --repeat, as the sweep has its config, its values and its seed',
        resume: () => ({ request }),
        start: async (chosen) => {
          if (vary === undefined)
            throw new UsageError('sweep: expected --vary with the values of at least one setting, as in --vary target=pg-boss,dbos');
          const { sweep } = await import('../run/sweep.ts');
          return sweep(await configFrom(name, options), { vary, ...request, ...chosen });
        },
      });
    });
}

function addVary(text: string, vary: Readonly<Record<string, readonly SettingValue[]>> = {}): Record<string, readonly SettingValue[]> {
  const [key = '', ...rest] = text.split('=');
  const words = rest.join('=').split(',');
  if (key === '' || words.some((word) => word.trim() === '')) throw new InvalidArgumentError('expected key=value,value.');
  if (key in vary) throw new InvalidArgumentError(`expected the values of ${key} in one place.`);
  return { ...vary, [key]: words.map(toSettingValue) };
}

function toSettingValue(word: string): SettingValue {
  let value: unknown;
  try {
    value = parse(word);
  } catch {
    value = undefined;
  }
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  throw new InvalidArgumentError(`expected values that are numbers, texts, true or false, got ${word.trim()}.`);
}
