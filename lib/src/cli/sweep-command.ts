import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import type { SettingValue } from '../results/series-record.ts';
import { type ConfigOptions, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { type GateFiles, checkGateFiles, gateFilesOf, withGateFiles } from './gate-files.ts';
import { withInterruption } from './interruption.ts';
import { type NoteOptions, noteInEnvironment, withNoteOptions } from './note-options.ts';
import { toCount, toSeed } from './number-options.ts';

interface SweepCommandOptions extends ConfigOptions, GateFiles, NoteOptions {
  readonly vary?: Readonly<Record<string, readonly SettingValue[]>>;
  readonly repeat?: number;
  readonly seed?: number;
  readonly resume?: string | true;
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
}

export function addSweepCommand(program: Command): void {
  withGateFiles(
    withNoteOptions(
      withConfigOptions(
        program
          .command('sweep')
          .summary('run a config with all combinations of some settings')
          .description(
            'Run a config with all combinations of some settings, several rounds of them, each round in a random order of its own; print one table.',
          )
          .argument('[config]', 'a config of perf-configs by name, or a path to a YAML file'),
      ),
    ),
  )
    .option('--vary <key=values>', 'values of one setting, separated by commas: target=pg-boss,dbos; repeatable', addVary)
    .option('--repeat <count>', 'rounds: how often each combination is run (default: 3)', toCount)
    .option('--seed <number>', 'what the order follows from (default: a random one, which is saved)', toSeed)
    .option('--resume [series]', 'go on with one that was interrupted, by its name (default: the latest); with --repeat, with more rounds')
    .option('--json', 'print one JSON object on stdout, with the figures of each combination (progress goes to stderr)')
    .option('--keep-database', 'keep the databases of the experiments, to look at them with SQL')
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
      noteInEnvironment(options);
      const { resume, vary, repeat, seed, json = false, keepDatabase = false } = options;
      await checkGateFiles(options);
      const show = { json: json && ('series' as const), ...gateFilesOf(options) };
      // Loaded when a command needs it: --help and a bad config answer at once.
      const [{ runAndPrintSeries }, { sweep }, { resumeSeries }] = await Promise.all([
        import('./run-series-command.ts'),
        import('../run/sweep.ts'),
        import('../run/resume-series.ts'),
      ]);
      if (resume !== undefined) {
        if (name !== undefined || vary !== undefined || seed !== undefined)
          throw new UsageError(
            'sweep --resume: expected nothing beside it but --repeat, as the sweep has its config, its values and its seed',
          );
        const request = repeat === undefined ? {} : { request: { repeat } };
        await withInterruption(async (signal) =>
          runAndPrintSeries(
            async () => resumeSeries(resume === true ? 'latest' : resume, { kind: 'sweep', signal, keepDatabase, ...request }),
            show,
          ),
        );
        return;
      }
      if (vary === undefined)
        throw new UsageError('sweep: expected --vary with the values of at least one setting, as in --vary target=pg-boss,dbos');
      const config = await configFrom(name, options);
      const chosen = { vary, ...(repeat !== undefined && { repeat }), ...(seed !== undefined && { seed }) };
      await withInterruption(async (signal) => runAndPrintSeries(async () => sweep(config, { ...chosen, signal, keepDatabase }), show));
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
