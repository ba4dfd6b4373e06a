import type { Experiment } from './experiment.ts';
import { perfConfigKeys, schedulerSchema } from '../config/perf-config.ts';
import { ExperimentNotFoundError, type FindExperimentsOptions, findExperiments } from './find-experiments.ts';
import { findExperimentOrSeries } from './find-series.ts';
import { isFinished } from './series.ts';

/** What a selection can be narrowed by; a commit by its beginning. */
const filters: Readonly<Record<string, (experiment: Experiment, value: string) => boolean>> = {
  config: ({ manifest }, value) => manifest.config.name === value,
  target: ({ manifest }, value) => manifest.target.name === value,
  version: ({ manifest }, value) => manifest.target.version === value,
  commit: ({ manifest: { targetCommit, gitCommit } }, value) => (targetCommit ?? gitCommit)?.startsWith(value) ?? false,
};

/**
 * The experiments of a selection, oldest first: names, directories, beginnings of names or `latest`, of experiments or of series (all that ended
 * of it), separated by commas; with a `*` at its end all experiments whose name begins so; `config=`, `target=`, `version=`, `commit=` or a key of
 * the config (`scheduler.processes=2`) for those that fit each of these.
 *
 * Throws an ExperimentNotFoundError when nothing fits, and for a filter that there is none of.
 */
export async function selectExperiments(selection: string, options: FindExperimentsOptions = {}): Promise<readonly Experiment[]> {
  const terms = selection.split(',').map((term) => term.trim());
  const conditions = terms.flatMap((term) => {
    const [, key, value] = /^([\w.]+)=(.+)$/.exec(term) ?? [];
    return key !== undefined && value !== undefined ? [{ term, key, value }] : [];
  });
  const unknown = conditions.find(({ key }) => !(key in filters) && !isConfigKey(key));
  if (unknown)
    throw new ExperimentNotFoundError(
      `experiments ${selection}: expected one of ${Object.keys(filters).join('=, ')}=, or a key of the config, got "${unknown.term}"`,
    );
  const named = terms.filter((term) => !conditions.some((condition) => condition.term === term));
  const every = named.length === 0 || named.some((term) => term.endsWith('*')) ? await findExperiments(options) : [];
  const found = named.length === 0 ? every : (await Promise.all(named.map(async (term) => experimentsNamed(term, every, options)))).flat();
  const fitting = found.filter((experiment) => conditions.every(({ key, value }) => fits(experiment, key, value)));
  if (fitting.length === 0)
    throw new ExperimentNotFoundError(`experiments ${selection}: expected at least one that fits, got none (orchlab list shows them)`);
  return [...new Map(fitting.map((experiment) => [experiment.directory, experiment])).values()].sort(
    (a, b) => a.manifest.times.startedMs - b.manifest.times.startedMs,
  );
}

async function experimentsNamed(
  term: string,
  every: readonly Experiment[],
  { directory }: FindExperimentsOptions,
): Promise<readonly Experiment[]> {
  if (term.endsWith('*')) return every.filter(({ name }) => name.startsWith(term.slice(0, -1)));
  const found = await findExperimentOrSeries(term, directory);
  return 'record' in found ? found.steps.filter(isFinished).flatMap(({ experiment }) => experiment ?? []) : [found];
}

function isConfigKey(key: string): boolean {
  const [block = '', option] = key.split('.');
  return option === undefined ? block in perfConfigKeys.shape : block === 'scheduler' && option in schedulerSchema.shape;
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
