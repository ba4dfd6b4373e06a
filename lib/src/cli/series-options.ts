import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Series } from '../results/series.ts';
import type { SeriesKind } from '../results/series-record.ts';
import type { ResumeSeriesOptions } from '../run/resume-series.ts';
import { UsageError } from './exit-codes.ts';
import { type GateFiles, checkGateFiles, gateFilesOf } from './gate-files.ts';
import { withInterruption } from './interruption.ts';
import { type NoteOptions, noteInEnvironment, withNoteOptions } from './note-options.ts';
import { toSeed } from './number-options.ts';

/** What the commands that run a series have in common. */
export interface SeriesOptions extends GateFiles, NoteOptions {
  readonly seed?: number;
  readonly resume?: string | true;
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
}

/** How a command says what its seed is for, if it takes one, what may be asked for with --resume, and what --json has. */
export interface SeriesWords {
  readonly seed?: string;
  readonly resume: string;
  readonly json: string;
  /** Why it takes no --baseline, and what to do. */
  readonly baseline: string;
}

/** Adds them. */
export function withSeriesOptions(command: Command, words: SeriesWords): Command {
  withNoteOptions(command);
  if (words.seed !== undefined)
    command.option('--seed <number>', `what ${words.seed} from (default: a random one, which is saved)`, toSeed);
  // Known, to say why it isn't taken: no other command than run has one.
  command.addOption(
    new Option('--baseline <selection>').hideHelp().argParser(() => {
      throw new InvalidArgumentError(`expected none: ${words.baseline}.`);
    }),
  );
  return command
    .option('--resume [series]', `go on with one that was interrupted, by its name (default: the latest)${words.resume}`)
    .option('--json', `print one JSON object on stdout${words.json} (progress goes to stderr)`)
    .option('--keep-database', 'keep the databases of the experiments, to look at them with SQL');
}

/** What every start of a series is given. */
export interface StartOptions {
  readonly signal: AbortSignal;
  readonly keepDatabase: boolean;
  readonly seed?: number;
}

export interface SeriesCommand {
  readonly kind: SeriesKind;
  readonly options: SeriesOptions;
  /** What was given that a series which is resumed has already: none of it may be. */
  readonly own: readonly unknown[];
  /** What `own` is, for the message: `nothing beside it but --repeat, as the sweep has its config`. */
  readonly expected: string;
  readonly resume: () => Pick<ResumeSeriesOptions, 'request' | 'environments'>;
  readonly start: (options: StartOptions) => Promise<Series>;
}

/** Starts a series, or goes on with the one that --resume names, and prints what came of it. */
export async function startOrResume({ kind, options, own, expected, resume: resumed, start }: SeriesCommand): Promise<void> {
  const { resume, seed, json = false, keepDatabase = false } = options;
  noteInEnvironment(options);
  await checkGateFiles(options);
  // Loaded when a command needs it: --help and a bad config answer at once.
  const [{ runAndPrintSeries }, { resumeSeries }] = await Promise.all([
    import('./run-series-command.ts'),
    import('../run/resume-series.ts'),
  ]);
  let run: (signal: AbortSignal) => Promise<Series>;
  if (resume === undefined) run = async (signal) => start({ signal, keepDatabase, ...(seed !== undefined && { seed }) });
  else {
    if ([...own, seed].some((each) => each !== undefined)) throw new UsageError(`${kind} --resume: expected ${expected}`);
    const chosen = { kind, keepDatabase, ...resumed() };
    run = async (signal) => resumeSeries(resume === true ? 'latest' : resume, { ...chosen, signal });
  }
  await withInterruption(async (signal) => runAndPrintSeries(async () => run(signal), { json: json && 'series', ...gateFilesOf(options) }));
}
