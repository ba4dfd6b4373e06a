import { ConfigError } from '../config/config-error.ts';
import { ParameterError } from '../notebook/notebook-parameters.ts';
import { NotebookError } from '../notebook/run-notebook.ts';
import { DatabaseError } from '../database/database-server.ts';
import { InUseError } from '../database/shared-server.ts';
import { MissingProgramError } from '../targets/target.ts';
import { ExperimentNotFoundError } from '../results/find-experiments.ts';
import { DamagedResultsError } from '../results/read-record.ts';
import { ResultsError } from '../results/experiment-directory.ts';
import { ExperimentError, InterruptedError, SeriesError } from '../run/errors.ts';

/** What the exit codes of `orchlab` mean; `orchlab --help` shows them. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  experimentFailed: 3,
  missing: 4,
  damagedResults: 5,
  outputFailed: 6,
  thresholdInconclusive: 98,
  thresholdFailed: 99,
  interrupted: 130,
} as const;

export const exitCodesHelp = `
Exit codes:
  0    done
  1    an error that orchlab did not expect
  2    bad usage or a bad config, or what is in use
  3    the experiment or the notebook failed (its database can't be reached, for instance); its evidence is kept
  4    something that the command needs is missing: a database (db), Jupyter (notebook, lab), a target's program,
       a folder or a disk with room for the results, or for the report of an experiment that is complete
  5    the results that were asked for are damaged (show, report); what could be read was printed
  6    the output could not be written to stdout; what was done is in perf-results
  98   a threshold could not be judged (limited by driver or host, too few tasks, no baseline) and none failed, or a capacity search or shrink has no answer
  99   a threshold failed (the experiment is complete, or was aborted by it and its evidence is kept), or what --fail-if names is
       so (compare)
  130  interrupted (Ctrl-C); the evidence is kept`;

/** Something is missing that the command needs; the message says what to do. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
}

/** A command that was called with what it can't take. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  if (
    error instanceof ConfigError ||
    error instanceof UsageError ||
    error instanceof SeriesError ||
    error instanceof InUseError ||
    error instanceof ParameterError ||
    error instanceof ExperimentNotFoundError
  )
    return exitCodes.usage;
  if (error instanceof ExperimentError && error.experiment.manifest.status === 'aborted') return exitCodes.thresholdFailed;
  if (error instanceof ExperimentError || error instanceof NotebookError) return exitCodes.experimentFailed;
  if (
    error instanceof DatabaseError ||
    error instanceof MissingError ||
    error instanceof MissingProgramError ||
    error instanceof ResultsError
  )
    return exitCodes.missing;
  if (error instanceof DamagedResultsError) return exitCodes.damagedResults;
  return exitCodes.unexpected;
}
