import type { ConfigProblem } from '../config/config-error.ts';
import type { Progress } from '../results/progress.ts';
import type { ExperimentOutcome, ExperimentRequest } from './execute-experiment.ts';

/** What the starter of an experiment's process tells it. */
export type ToExperiment = { readonly type: 'start'; readonly request: ExperimentRequest } | { readonly type: 'interrupt' };

/** What an experiment's process tells its starter. The last message is any but `progress`. */
export type FromExperiment =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'ended'; readonly outcome: ExperimentOutcome }
  | { readonly type: 'refused'; readonly problems: readonly ConfigProblem[] }
  /** A program that the target needs is not there, or the results can't be written. */
  | { readonly type: 'missing'; readonly what: 'program' | 'results'; readonly message: string }
  | { readonly type: 'crashed'; readonly message: string };
