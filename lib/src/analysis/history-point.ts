import type { Experiment } from '../results/experiment.ts';
import { notedCommit } from '../results/experiment-commit.ts';
import { hashOf, setupOf } from './experiment-setup.ts';
import { isCounted } from './comparable-groups.ts';
import { summaryOf } from './saved-summary.ts';

/** What history knows of one experiment: plain data, from its manifest and saved summary or from a CSV file. Words that are not known are empty. */
export interface HistoryPoint {
  /** Its name. */
  readonly experiment: string;
  /** When it began, epoch milliseconds. */
  readonly atMs: number;
  readonly config: string;
  /** The same for configs that differ in nothing but their name and the seed of random arrivals. */
  readonly configHash: string;
  readonly target: string;
  /** Of the engine. */
  readonly version: string;
  /** Of the engine's own program, where it is a file of the user's. */
  readonly program: string;
  /** Of the orchestrator where it was said, else of the workspace. */
  readonly commit: string;
  /** What the user calls it and others like it. */
  readonly label: string;
  readonly orchlab: string;
  readonly host: string;
  /** Version, how it was started, and the hash of its settings. */
  readonly postgres: string;
  /** By name, in the unit of the catalogue; what is not known is left out. */
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * Of each experiment that ended as done and is not damaged, in the order given: read from its saved summary where there is one, so that no table
 * has to be.
 */
export function historyPoints(experiments: readonly Experiment[]): readonly HistoryPoint[] {
  return experiments.filter(isCounted).map((experiment) => {
    const { manifest } = experiment;
    const { configHash, target, version, programHash, orchlab, postgres, postgresSettings, host } = setupOf(manifest);
    const known = Object.entries(summaryOf(experiment).figures).filter((entry): entry is [string, number] => entry[1] !== null);
    return {
      experiment: experiment.name,
      atMs: manifest.times.startedMs,
      config: manifest.config.name,
      configHash,
      target,
      version,
      program: programHash,
      commit: notedCommit(manifest) ?? '',
      label: manifest.label ?? '',
      orchlab,
      host,
      postgres: `${postgres}, settings ${hashOf(postgresSettings).slice(0, 4)}`,
      figures: Object.fromEntries(known),
    };
  });
}
