import type { Experiment } from './experiment.ts';
import { ExperimentNotFoundError, type FindExperimentsOptions, findExperiment, findExperiments } from './find-experiments.ts';

/** What a selection can be narrowed by; a commit by its beginning. */
const filters: Readonly<Record<string, (experiment: Experiment, value: string) => boolean>> = {
  config: ({ manifest }, value) => manifest.config.name === value,
  target: ({ manifest }, value) => manifest.target.name === value,
  version: ({ manifest }, value) => manifest.target.version === value,
  commit: ({ manifest: { targetCommit, gitCommit } }, value) => (targetCommit ?? gitCommit)?.startsWith(value) ?? false,
};

/**
 * The experiments of a selection, oldest first: names, directories, beginnings of names or `latest`, separated by commas; with a `*` at its end
 * all whose name begins so; `config=`, `target=`, `version=`, `commit=` for all that fit each of these.
 *
 * Throws an ExperimentNotFoundError when nothing fits, and for a filter that there is none of.
 */
export async function selectExperiments(selection: string, options: FindExperimentsOptions = {}): Promise<readonly Experiment[]> {
  const terms = selection.split(',').map((term) => term.trim());
  const conditions = terms.flatMap((term) => {
    const [, key, value] = /^(\w+)=(.+)$/.exec(term) ?? [];
    return key !== undefined && value !== undefined ? [{ term, key, value }] : [];
  });
  const unknown = conditions.find(({ key }) => !(key in filters));
  if (unknown)
    throw new ExperimentNotFoundError(
      `experiments ${selection}: expected one of ${Object.keys(filters).join('=, ')}=, got "${unknown.term}"`,
    );
  const named = terms.filter((term) => !conditions.some((condition) => condition.term === term));
  const every = named.length === 0 || named.some((term) => term.endsWith('*')) ? await findExperiments(options) : [];
  const found = named.length === 0 ? every : (await Promise.all(named.map(async (term) => experimentsNamed(term, every, options)))).flat();
  const fitting = found.filter((experiment) => conditions.every(({ key, value }) => filters[key]!(experiment, value)));
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
  if (!term.endsWith('*')) return [await findExperiment(term, directory)];
  return every.filter(({ name }) => name.startsWith(term.slice(0, -1)));
}
