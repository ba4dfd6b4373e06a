import { perfConfigKeys, schedulerSchema } from '../config/perf-config.ts';
import { findWorkspace } from '../config/workspace.ts';
import { commitOf, isSameCommit } from './experiment-commit.ts';
import type { Experiment } from './experiment.ts';
import { ExperimentNotFoundError, type FindExperimentsOptions, findExperiments } from './find-experiments.ts';
import { findExperimentOrSeries } from './find-series.ts';
import { type ExperimentsOfRevision, experimentsOfRevision } from './revision-experiments.ts';
import { isFinished } from './series.ts';

/** What a selection can be narrowed by; a commit by its beginning. */
const filters: Readonly<Record<string, (experiment: Experiment, value: string) => boolean>> = {
  config: ({ manifest }, value) => manifest.config.name === value,
  target: ({ manifest }, value) => manifest.target.name === value,
  version: ({ manifest }, value) => manifest.target.version === value,
  commit: ({ manifest }, value) => isSameCommit(commitOf(manifest)?.name ?? '', value),
  label: ({ manifest }, value) => manifest.label === value,
};

/** The settings of what experiments are selected for: a revision takes those that are of the same. */
export interface ComparedSetup {
  readonly config: string;
  readonly target: string;
}

export interface SelectExperimentsOptions extends Pick<FindExperimentsOptions, 'directory'> {
  /** Where git is asked. Default: the workspace. */
  readonly repository?: string;
  /** What they are to be compared with: a revision then takes those of the same config and target only, each at the newest commit that has any. */
  readonly comparedWith?: readonly ComparedSetup[];
  /** Told what a term that is no experiment's name was taken for, for instance `commit 1a2b3c4d, 6 experiments`. */
  readonly onTaken?: (term: string, words: string) => void;
}

interface Condition {
  readonly term: string;
  readonly key: string;
  readonly value: string;
}

/**
 * The experiments of a selection, oldest first: terms, separated by commas.
 *
 * `config=`, `target=`, `version=`, `commit=` (its beginning), `label=` or a key of the config (`scheduler.processes=2`) narrow it to those that fit each. A name
 * with a `*` at its end is all experiments whose name begins so. Any other word is taken for the first of these that there is: the name, directory or
 * beginning of a name of an experiment or a series (all that ended of it), or `latest`; a label; a git revision (`main`, `v1.2`, `HEAD~3`, `abc123`), of
 * which it takes what `experimentsOfRevision` says.
 *
 * Throws an ExperimentNotFoundError when nothing fits, when a name fits several, and for a filter that there is none of.
 */
export async function selectExperiments(selection: string, options: SelectExperimentsOptions = {}): Promise<readonly Experiment[]> {
  const terms = selection.split(',').map((term) => term.trim());
  const conditions = terms.flatMap((term): readonly Condition[] => {
    const [, key, value] = /^([\w.]+)=(.+)$/.exec(term) ?? [];
    return key !== undefined && value !== undefined ? [{ term, key, value }] : [];
  });
  const unknown = conditions.find(({ key }) => !(key in filters) && !isConfigKey(key));
  if (unknown)
    throw new ExperimentNotFoundError(
      `experiments ${selection}: expected one of ${Object.keys(filters).join('=, ')}=, or a key of the config, got "${unknown.term}"`,
    );
  const named = terms.filter((term) => !conditions.some((condition) => condition.term === term));
  const every = await findExperiments(options);
  const fitting = every.filter((experiment) => fitsAll(experiment, conditions));
  const found = named.length === 0 ? fitting : (await Promise.all(named.map(async (term) => experimentsNamed(term)))).flat();
  if (found.length === 0)
    throw new ExperimentNotFoundError(`experiments ${selection}: expected at least one that fits, got none (orchlab list shows them)`);
  return [...new Map(found.map((experiment) => [experiment.directory, experiment])).values()].sort(
    (a, b) => a.manifest.times.startedMs - b.manifest.times.startedMs,
  );

  async function experimentsNamed(term: string): Promise<readonly Experiment[]> {
    if (term.endsWith('*')) return fitting.filter(({ name }) => name.startsWith(term.slice(0, -1)));
    const byName = await findNamed(term, options.directory);
    if (byName) return byName.filter((experiment) => fitsAll(experiment, conditions));
    const labelled = every.filter(({ manifest }) => manifest.label === term);
    if (labelled.length > 0) {
      options.onTaken?.(term, `a label, of ${labelled.length === 1 ? '1 experiment' : `${labelled.length} experiments`}`);
      return labelled.filter((experiment) => fitsAll(experiment, conditions));
    }
    const { experiments, words } = await ofRevision(term);
    options.onTaken?.(term, words);
    return experiments;
  }

  async function ofRevision(term: string): Promise<ExperimentsOfRevision> {
    const { repository = findWorkspace().root, comparedWith } = options;
    const isNarrowedBy = (key: string): boolean => conditions.some((condition) => condition.key === key);
    // What the user says himself counts: a baseline may be of another target.
    const setups = comparedWith?.map(({ config, target }) => ({
      ...(!isNarrowedBy('config') && { config }),
      ...(!isNarrowedBy('target') && { target }),
    }));
    return experimentsOfRevision(term, fitting, { repository, ...(setups && { setups }) });
  }
}

/** Undefined where nothing is of that name; throws where several are. */
async function findNamed(term: string, directory: string | undefined): Promise<readonly Experiment[] | undefined> {
  try {
    const found = await findExperimentOrSeries(term, directory);
    return 'record' in found ? found.steps.filter(isFinished).flatMap(({ experiment }) => experiment ?? []) : [found];
  } catch (error) {
    if (error instanceof ExperimentNotFoundError && error.fitting === 0) return undefined;
    throw error;
  }
}

function isConfigKey(key: string): boolean {
  const [block = '', option] = key.split('.');
  return option === undefined ? block in perfConfigKeys.shape : block === 'scheduler' && option in schedulerSchema.shape;
}

function fitsAll(experiment: Experiment, conditions: readonly Condition[]): boolean {
  return conditions.every(({ key, value }) => fits(experiment, key, value));
}

function fits(experiment: Experiment, key: string, value: string): boolean {
  const filter = filters[key];
  if (filter) return filter(experiment, value);
  const [block = '', option] = key.split('.');
  const { config } = experiment.manifest;
  const found: unknown =
    option === undefined ? config[block as keyof typeof config] : config.scheduler[option as keyof typeof config.scheduler];
  return String(found) === value;
}
