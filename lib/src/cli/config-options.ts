import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import { overridesOf } from '../config/change-config.ts';
import { createConfig, loadConfig } from '../config/load-config.ts';
import type { PerfConfig, PerfConfigFile } from '../config/perf-config.ts';
import { ThresholdError, parseThresholds } from '../config/threshold.ts';
import { UsageError } from './exit-codes.ts';
import { toNumber, toSeconds } from './number-options.ts';

/** The options that say what to run, as commander parses them. */
export interface ConfigOptions {
  readonly configDir?: string;
  readonly runs?: number;
  readonly loadSeconds?: number;
  readonly tasks?: number;
  readonly duration?: number;
  readonly target?: string;
  readonly executor?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  /** Beside those of the config. */
  readonly threshold?: readonly string[];
}

/** Adds the options that change a config to a command. */
export function withConfigOptions(command: Command): Command {
  return command
    .option('--runs <count>', 'runs to submit (workflows)', toNumber)
    .option('--load-seconds <duration>', 'how long the load lasts, in place of --runs: seconds, or 90s, 45m, 6h; not of a burst', toSeconds)
    .option('--tasks <count>', 'tasks of each run (tasks_per_workflow)', toNumber)
    .option('--duration <seconds>', 'seconds that each task works', toNumber)
    .option('--target <name>', 'the orchestrator under test; several, separated by commas, are run in turn')
    .option('--executor <kind>', 'how a task works: process or inline')
    .option(
      '-s, --set <key=value>',
      'any other value of the config, for instance arrival.constant=50 or scheduler.poll_interval_secs=0.1; repeatable',
      addSetting,
    )
    .option(
      '--threshold <condition>',
      "what a figure has to be, for instance 'response.p99 < 500 ms, tasks.lost = 0'; exit code 99 where it is not; repeatable",
      addThreshold,
    )
    .option('--config-dir <directory>', 'where configs are looked up by name (default: perf-configs)');
}

/** The config that a command line asks for: one by name or path, or one made of the options alone. */
export async function configFrom(name: string | undefined, options: ConfigOptions): Promise<PerfConfig> {
  const overrides = toOverrides(options);
  if (name !== undefined) {
    const load = async (values: Partial<PerfConfigFile>): Promise<PerfConfig> =>
      loadConfig(name, { ...(options.configDir === undefined ? {} : { configDirectory: options.configDir }), overrides: values });
    const { threshold } = options;
    if (threshold === undefined) return load(overrides);
    const { thresholds = [] } = await load(overrides);
    return load({ ...overrides, thresholds: [...thresholds, ...threshold] });
  }
  const { runs, loadSeconds, tasks, duration, set = {} } = options;
  const hasSize = runs !== undefined || loadSeconds !== undefined || 'load_seconds' in set || 'arrival.steps' in set;
  if (!hasSize || tasks === undefined || duration === undefined) {
    throw new UsageError('expected the name of a config, such as quick, or --runs (or --load-seconds), --tasks and --duration together');
  }
  return createConfig({ ...overrides, ...(options.threshold && { thresholds: [...options.threshold] }) } as PerfConfigFile);
}

/** The same for each of the targets that the command line names. */
export async function configsFrom(name: string | undefined, options: ConfigOptions): Promise<readonly PerfConfig[]> {
  const choices = options.target?.split(',').map((target) => ({ ...options, target: target.trim() })) ?? [options];
  return Promise.all(choices.map(async (choice) => configFrom(name, choice)));
}

/** Validation comes later, with all other values: here they may still be anything. */
function toOverrides({ runs, loadSeconds, tasks, duration, target, executor, set = {} }: ConfigOptions): Partial<PerfConfigFile> {
  const named = { workflows: runs, load_seconds: loadSeconds, tasks_per_workflow: tasks, duration, target, executor };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return { ...given, ...overridesOf(set) };
}

/** For options that take thresholds and may be given several times: what is none is refused at once. */
export function addThreshold(text: string, thresholds: readonly string[] = []): readonly string[] {
  try {
    parseThresholds(text);
  } catch (error) {
    if (!(error instanceof ThresholdError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
  return [...thresholds, text];
}

/** For options that take `key=value` and may be given several times. */
export function addSetting(text: string, settings: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const [key = '', ...value] = text.split('=');
  if (key === '' || value.length === 0) throw new InvalidArgumentError('expected key=value.');
  try {
    return { ...settings, [key]: parse(value.join('=')) };
  } catch {
    throw new InvalidArgumentError('expected a value that is YAML, for instance 5, text or [1, 2].');
  }
}
