import { isDeepStrictEqual } from 'node:util';
import type { Experiment } from '../results/experiment.ts';
import type { Manifest } from '../results/manifest.ts';
import type { TaskTimes } from '../results/target-profile.ts';
import { repeatedConfig, setupOf } from './experiment-setup.ts';
import { summaryOf } from './saved-summary.ts';

/** Experiments that are repetitions of each other: of one engine, built one way, on one machine and one Postgres. */
export interface ComparedGroup {
  /** The target's name, and where it has several groups, in what they differ. */
  readonly target: string;
  /** Those that ended as done: only they are counted. */
  readonly done: readonly Experiment[];
  /** Those that did not. */
  readonly failed: readonly Experiment[];
}

/** The parts of a setup that tell groups of a target apart, by the words for it; its config has to be the same. */
function identityOf(manifest: Manifest): Readonly<Record<string, unknown>> {
  const { version, programHash, orchlab, postgres, postgresSettings, host } = setupOf(manifest);
  return { version, program: programHash, orchlab, Postgres: postgres, 'Postgres settings': postgresSettings, host };
}

/**
 * Experiments by what they are repetitions of, in the order in which they first come.
 *
 * Throws a RangeError when those of one target have different configs.
 */
export function toGroups(experiments: readonly Experiment[]): readonly ComparedGroup[] {
  refuseMixedConfigs(experiments);
  const found: { readonly name: string; readonly identity: Readonly<Record<string, unknown>>; readonly members: Experiment[] }[] = [];
  for (const experiment of experiments) {
    const { name } = experiment.manifest.target;
    const identity = identityOf(experiment.manifest);
    const group = found.find((candidate) => candidate.name === name && isDeepStrictEqual(candidate.identity, identity));
    if (group) group.members.push(experiment);
    else found.push({ name, identity, members: [experiment] });
  }
  return found.map(({ name, identity, members }) => {
    const twins = found.filter((other) => other.name === name);
    const differing = Object.entries(identity).filter(([key, value]) =>
      twins.some((twin) => !isDeepStrictEqual(twin.identity[key], value)),
    );
    const words = differing.map(([key, value]) =>
      key === 'version' ? String(value) : `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    return {
      target: words.length === 0 ? name : `${name} (${words.join(', ')})`,
      done: members.filter(isCounted),
      failed: members.filter((experiment) => !isCounted(experiment)),
    };
  });
}

/** Whether a time is another moment in some of the engines; one that a target does not say is the same as no other's. */
export function differs(experiments: readonly Experiment[], name: keyof TaskTimes): boolean {
  const all = momentsOf(experiments, name);
  const moments = new Set(all.map(({ moment }) => moment));
  return all.length > 1 && (moments.size > 1 || moments.has('unknown'));
}

/** By engine; one that has several (of several versions) is there with each. */
function momentsOf(
  experiments: readonly Experiment[],
  name: keyof TaskTimes,
): readonly { readonly target: string; readonly moment: string }[] {
  const all = experiments.map(({ manifest: { target } }) => ({ target: target.name, moment: target.times[name].moment }));
  return all.filter(({ target, moment }, index) => all.findIndex((other) => other.target === target && other.moment === moment) === index);
}

export function uncomparedNote(experiments: readonly Experiment[], name: keyof TaskTimes): string {
  const moments = momentsOf(experiments, name).map(({ target, moment }) => `${target}: ${moment}`);
  return `Latency is not compared: ${name} is not the same moment in all (${moments.join(', ')}). Response time is.`;
}

/** What of the surroundings is not the same for all. */
export function environmentNotes(groups: readonly ComparedGroup[]): string[] {
  const identities = groups.flatMap(({ target, done, failed }) => {
    const [first] = [...done, ...failed];
    return first ? [{ target, identity: identityOf(first.manifest) }] : [];
  });
  return ['orchlab', 'Postgres', 'Postgres settings', 'host'].flatMap((key) => {
    const [first, ...others] = identities;
    if (!first || others.every(({ identity }) => isDeepStrictEqual(identity[key], first.identity[key]))) return [];
    const words = identities.map(
      ({ target, identity }) => `${target}: ${typeof identity[key] === 'string' ? identity[key] : JSON.stringify(identity[key])}`,
    );
    return [`Not measured under the same conditions: ${key} differs (${words.join('; ')}).`];
  });
}

/** A median over different loads would be one of nothing. */
function refuseMixedConfigs(experiments: readonly Experiment[]): void {
  const configs = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { manifest } of experiments) {
    const { name } = manifest.target;
    const config = repeatedConfig(manifest.config);
    const first = configs.get(name) ?? config;
    configs.set(name, first);
    const differing = Object.keys({ ...first, ...config }).filter((key) => !isDeepStrictEqual(first[key], config[key]));
    if (differing.length > 0)
      throw new RangeError(
        `comparison: expected experiments of the same config for each target, got some of ${name} that differ in ${differing.join(', ')} (overview takes any)`,
      );
  }
}

/** Ended as done, and read as it was written. */
export function isCounted(experiment: Experiment): boolean {
  return experiment.manifest.status === 'done' && summaryOf(experiment).damage === null;
}
