import { type Command, InvalidArgumentError } from 'commander';
import type { BenchSide } from '../run/bench-plan.ts';
import { type ConfigOptions, addSetting, configFrom, withConfigOptions } from './config-options.ts';
import { UsageError } from './exit-codes.ts';
import { withGateFiles } from './gate-files.ts';
import { toCount, toRatio } from './number-options.ts';
import { type SeriesOptions, startOrResume, withSeriesOptions } from './series-options.ts';

interface BenchCommandOptions extends ConfigOptions, SeriesOptions {
  readonly a?: SideOptions;
  readonly b?: SideOptions;
  readonly until?: number;
  readonly rounds?: number;
  readonly maxRounds?: number;
  readonly figures?: readonly string[];
}

export function addBenchCommand(program: Command): void {
  const command = withGateFiles(
    withConfigOptions(
      program
        .command('bench')
        .summary('run two configs in turn, and say which is faster')
        .description(
          'Run two configs, A and B, in rounds of one experiment of each in random order, and compare them: faster, slower, equivalent, or how many more rounds it takes to tell.',
        )
        .argument('[config]', 'what both have in common: a config of perf-configs by name, or a path to a YAML file'),
    ),
  )
    .option('--a <key=value>', 'what A sets, as --set does; config=... is another config, env.NAME=... a variable; repeatable', addToSide)
    .option('--b <key=value>', 'what B sets; repeatable', addToSide)
    .option('--rounds <count>', 'rounds; with --until at least so many (default: 10)', toCount)
    .option('--until <ratio>', 'go on until the ratio of B to A is known to so much to each side, for instance 5%', toRatio)
    .option('--max-rounds <count>', 'with --until at most so many rounds (default: 40)', toCount)
    .option(
      '--figures <names>',
      'figures that --until is about, with commas (default: throughput, or response.p99 of a scheduled load)',
      toNames,
    );
  withSeriesOptions(command, {
    seed: 'the order follows',
    resume: ', or with other --rounds, --until, --max-rounds',
    json: '',
    baseline: 'a bench has its own, thresholds relative to a baseline are judged of B beside A',
  })
    .addHelpText(
      'after',
      `
Examples:
  orchlab bench standard --a target=pg-boss --b target=graphile-worker
  orchlab bench standard --a scheduler.poll_interval_secs=0.1 --b scheduler.poll_interval_secs=2 --until 5%
  orchlab bench quick --target ork --a env.ORK_BIN=./ork-main --b env.ORK_BIN=./ork-branch --until 3%
  orchlab bench --a config=quick --b config=perf-configs/mine.yaml
  orchlab bench --resume --rounds 20                  give the latest one more rounds`,
    )
    .action(async (name: string | undefined, options: BenchCommandOptions) => {
      const { a, b, rounds, until, maxRounds, figures } = options;
      const request = Object.fromEntries(Object.entries({ rounds, until, maxRounds, figures }).filter(([, value]) => value !== undefined));
      await startOrResume({
        kind: 'bench',
        options,
        own: [name],
        expected: 'no config and no seed beside it, as the bench has its own',
        resume: () => ({ request, environments: { a: environmentOnly('a', a), b: environmentOnly('b', b) } }),
        start: async (chosen) => {
          if (a === undefined || b === undefined)
            throw new UsageError('bench: expected --a and --b with what each of them sets, as in --a target=pg-boss --b target=dbos');
          for (const figure of figures ?? []) await checkFigure(figure);
          const [sideA, sideB] = [await sideFrom(name, options, a), await sideFrom(name, options, b)];
          const { bench } = await import('../run/bench.ts');
          return bench(sideA, sideB, { ...request, ...chosen });
        },
      });
    });
}

/** Of a side, as its options say it. */
interface SideOptions {
  readonly config?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly set: Readonly<Record<string, unknown>>;
}

/** `config=...` and `env.NAME=...` are text as it stands; all else is a setting. */
function addToSide(text: string, side: SideOptions = { environment: {}, set: {} }): SideOptions {
  const [, config] = /^config=(.+)$/s.exec(text) ?? [];
  if (config !== undefined) return { ...side, config };
  const [, variable, value] = /^env\.(\w+)=(.*)$/s.exec(text) ?? [];
  if (variable !== undefined && value !== undefined) return { ...side, environment: { ...side.environment, [variable]: value } };
  return { ...side, set: addSetting(text, side.set) };
}

async function sideFrom(name: string | undefined, options: ConfigOptions, side: SideOptions): Promise<BenchSide> {
  return {
    config: await configFrom(side.config ?? name, { ...options, set: { ...options.set, ...side.set } }),
    ...(Object.keys(side.environment).length > 0 && { environment: side.environment }),
  };
}

function environmentOnly(name: string, side: SideOptions | undefined): Readonly<Record<string, string>> {
  if (!side) return {};
  const [other = side.config === undefined ? undefined : 'config'] = Object.keys(side.set);
  if (other !== undefined)
    throw new UsageError(`bench --resume: expected nothing but env.NAME=... in --${name}, as the bench has its configs, got ${other}`);
  return side.environment;
}

async function checkFigure(name: string): Promise<void> {
  const { findFigure } = await import('../analysis/figures.ts');
  try {
    findFigure(name);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`bench: ${error.message}`, { cause: error }) : error;
  }
}

function toNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('expected names with commas between them.');
  return names;
}
