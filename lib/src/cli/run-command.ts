import type { Command } from 'commander';
import { findWorkspace } from '../config/workspace.ts';
import { listConfigs } from '../config/load-config.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Baseline } from '../analysis/gate.ts';
import { openBaseline, relativeConfigFrom } from './baseline-option.ts';
import { type ConfigOptions, configFrom, configsFrom, withConfigOptions } from './config-options.ts';
import { UsageError, exitCodes } from './exit-codes.ts';
import { type GateFiles, checkGateFiles, gateFilesOf, withGateFiles } from './gate-files.ts';
import { withInterruption } from './interruption.ts';
import { type NoteOptions, noteInEnvironment, withNoteOptions } from './note-options.ts';
import { toCount, toNumber } from './number-options.ts';
import { printJson, say } from './output.ts';

interface RunOptions extends ConfigOptions, GateFiles, NoteOptions {
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
  readonly repeat?: number;
  readonly baseline?: string;
  readonly probe?: boolean;
  readonly shrink?: boolean;
}

export function addRunCommands(program: Command): void {
  withRunOptions(
    program
      .command('run')
      .summary('run one experiment')
      .description('Run one experiment: start Postgres and the orchestrator, submit the runs, sample, save, summarize.')
      .argument('[config]', 'a config of perf-configs by name, or a path to a YAML file'),
  )
    .option('--json', 'print one JSON object on stdout (progress goes to stderr)')
    .option('--keep-database', 'keep the database of the experiment, to look at it with SQL')
    .option('--repeat <count>', 'run each target so often, and print one comparison', toCount)
    .option('--shrink', 'make load and faults smaller as long as a task is still lost or executed twice (orchlab shrink has more options)')
    .option('--probe', 'run it again with the setting of its lowest ceiling moved, and say whether that set the pace')
    .option(
      '--baseline <experiments>',
      "what thresholds such as 'response.p99 < baseline + 5 %' are relative to: experiments as in compare, a label, a branch or commit of git (main); without such a threshold: neither slower nor less than it by more than 5 %",
    )
    .addHelpText(
      'after',
      `
Examples:
  orchlab run quick                                   a first look, in seconds
  orchlab run standard --target dbos                  a typical load
  orchlab run standard --target dbos,pg-boss,graphile-worker --repeat 3
  orchlab run --runs 100 --tasks 5 --duration 0.1     without a config file
  orchlab run quick -s scheduler.poll_interval_secs=0.1
  orchlab run quick -s arrival.constant=50 --load-seconds 20     50 runs a second for 20 seconds
  orchlab run standard -s arrival.constant=5 --load-seconds 6h   a soak: does the memory of the scheduler grow?
  orchlab run quick --threshold 'response.p99 < 500 ms, tasks.lost = 0' --junit thresholds.xml
  orchlab run standard --repeat 6 --baseline main --threshold 'response.p99 < baseline + 5 %'
  orchlab run standard --probe                        does its lowest ceiling set the pace?
  orchlab run quick --json | jq .latencySeconds`,
    )
    .action(async (name: string | undefined, options: RunOptions) => {
      const { repeat = 1, json = false, keepDatabase = false } = options;
      noteInEnvironment(options);
      if (options.shrink) {
        const { runShrink } = await import('./shrink-command.ts');
        await runShrink(name, options);
        return;
      }
      await checkGateFiles(options);
      const targets = options.target?.split(',').map((target) => target.trim());
      const { target: _targets, ...others } = options;
      const one = targets?.length === 1 ? targets[0] : undefined;
      const request = { ...others, ...(one !== undefined && { target: one }) };
      const config = await (options.baseline === undefined ? configFrom : relativeConfigFrom)(name, request);
      const compared = (targets ?? [config.target]).map((target) => ({ config: config.name, target }));
      const baseline = options.baseline === undefined ? undefined : await openBaseline(options.baseline, compared);
      if (options.probe) {
        if ((targets?.length ?? 1) > 1 || repeat > 1 || baseline)
          throw new UsageError('run --probe: expected one target, and neither --repeat nor --baseline');
        const { runProbe } = await import('./run-probe.ts');
        await withInterruption(async (signal) => runProbe(config, { json, keepDatabase, signal }));
        return;
      }
      if ((targets?.length ?? 1) === 1 && repeat === 1) {
        await withInterruption(async (signal) => runAndPrint(config, { ...options, baseline }, signal));
        return;
      }
      const [{ runAndPrintSeries }, { sweep }] = await Promise.all([import('./run-series-command.ts'), import('../run/sweep.ts')]);
      const vary = { target: targets ?? [config.target] };
      await withInterruption(async (signal) =>
        runAndPrintSeries(async () => sweep(config, { vary, repeat, signal, keepDatabase }), {
          json: json && 'experiments',
          baseline,
          ...gateFilesOf(options),
        }),
      );
    });

  program
    .command('perf')
    .summary('run one experiment of the given size: runs, tasks, duration')
    .description('The short form of orchlab run --runs <runs> --tasks <tasks> --duration <seconds>.')
    .argument('<runs>', 'runs to submit', toNumber)
    .argument('<tasks>', 'tasks of each run', toNumber)
    .argument('<duration>', 'seconds that each task works', toNumber)
    .action(async (runs: number, tasks: number, duration: number) => {
      const config = await configFrom(undefined, { runs, tasks, duration });
      await withInterruption(async (signal) => runAndPrint(config, {}, signal));
    });

  withRunOptions(
    program
      .command('run-all')
      .summary('run every config, one after the other')
      .description('Run every config of perf-configs, with each target that is named, one after the other, and save the results of each.'),
  )
    .option('--json', 'print one JSON array on stdout (progress goes to stderr)')
    .action(async (options: RunOptions) => {
      noteInEnvironment(options);
      // All are read before the first is run: a mistake in the last one shows now, not in an hour.
      const configs = (await Promise.all((await ownConfigs(options.configDir)).map(async (name) => configsFrom(name, options)))).flat();
      if (configs.length === 0) throw new UsageError('run-all: expected YAML files in perf-configs (or --config-dir), got none');
      await checkGateFiles(options);
      const { checkConfigs } = await import('../run/check-config.ts');
      await checkConfigs(
        configs.map((config) => ({ config })),
        findWorkspace(),
      );
      await withInterruption(async (signal) => runAll(configs, options, signal));
    });
}

function withRunOptions(command: Command): Command {
  return withGateFiles(withNoteOptions(withConfigOptions(command)));
}

/** With `baseline`: those that others are compared with. */
type PrintOptions = Omit<RunOptions, 'baseline'> & { readonly baseline?: Baseline | undefined };

async function runAndPrint(config: PerfConfig, options: PrintOptions, signal: AbortSignal): Promise<void> {
  // Loaded when a command needs it: --help and a bad config answer at once.
  const { runAndSummarize } = await import('./run-and-print.ts');
  const { gate, summary, error } = await runAndSummarize(config, { ...options, signal });
  const { concludeGate } = await import('./gate.ts');
  if (options.json) printJson(summary);
  await concludeGate(gate, options, options.json !== true);
  if (error) throw error;
}

async function runAll(configs: readonly PerfConfig[], options: RunOptions, signal: AbortSignal): Promise<void> {
  const { runAndSummarize } = await import('./run-and-print.ts');
  const experiments: Experiment[] = [];
  const summaries: unknown[] = [];
  const failures: string[] = [];
  let succeeded = 0;
  for (const config of configs) {
    if (signal.aborted) break;
    const { json = false, keepDatabase = false } = options;
    const { gate, summary, error } = await runAndSummarize(config, { json, keepDatabase, signal });
    experiments.push(...gate.experiments);
    summaries.push(summary);
    // What a threshold aborted is told with the thresholds.
    if (!error || error.experiment.manifest.status === 'aborted') succeeded++;
    else failures.push(error.message);
  }
  if (options.json) printJson(summaries);
  if (summaries.length < configs.length) failures.push(`${configs.length - summaries.length} that were to follow were not begun`);
  if (failures.length > 0) {
    const list = failures.map((failure) => `\n  ${failure}`).join('');
    say(`${configs.length - succeeded} of ${configs.length} experiments did not succeed:${list}`);
    process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodes.experimentFailed;
  }
  const { gateOf } = await import('../analysis/gate.ts');
  const { concludeGate } = await import('./gate.ts');
  await concludeGate(gateOf(experiments), options, options.json !== true);
}

/** Of a project that has configs, its own: those that orchlab brings are for who asks for one. */
async function ownConfigs(directory: string | undefined): Promise<readonly string[]> {
  const own = await listConfigs(directory ?? findWorkspace().configs);
  return own.length > 0 || directory !== undefined ? own : listConfigs();
}
