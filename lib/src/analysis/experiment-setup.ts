import { createHash } from 'node:crypto';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Manifest } from '../results/manifest.ts';

/** What experiments must have in common to be repetitions of each other. */
export interface ExperimentSetup {
  /** The first 12 digits of the SHA-256 of the config without its name, its thresholds and the seeds of random arrivals and work. */
  readonly configHash: string;
  readonly target: string;
  /** Of the engine. */
  readonly version: string;
  /** Of the engine's program and description, where these are files of the user's own; empty otherwise. */
  readonly programHash: string;
  readonly orchlab: string;
  /** Version, and how it was started. */
  readonly postgres: string;
  readonly postgresSettings: Readonly<Record<string, string>>;
  readonly host: string;
}

export function setupOf({ config, target, database, host, versions }: Manifest): ExperimentSetup {
  return {
    configHash: hashOf(repeatedConfig(config)),
    target: target.name,
    version: target.version,
    programHash: target.programHash?.slice(0, 8) ?? '',
    orchlab: versions['orchlab'] ?? '',
    postgres: `${database.version} ${database.kind}`,
    postgresSettings: database.settings,
    host: `${host.platform}, ${host.cpuModel}, ${host.cores} cores`,
  };
}

/** What the repetitions of an experiment have in common in their config. */
export function repeatedConfig({
  name: _name,
  thresholds: _thresholds,
  arrival,
  work,
  workflows,
  ...rest
}: PerfConfig): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    ...(work && { work: { ...work, seed: undefined } }),
    arrival: withoutSeed(arrival),
    workflows:
      typeof workflows === 'object'
        ? workflows.map((each) => (each.arrival ? { ...each, arrival: withoutSeed(each.arrival) } : each))
        : workflows,
  };
}

/** The moments of random arrivals differ from repetition to repetition. */
function withoutSeed(arrival: PerfConfig['arrival']): unknown {
  return typeof arrival === 'object' && 'poisson' in arrival ? { ...arrival, seed: undefined } : arrival;
}

/** Twelve digits that are the same for equal values, whatever the order of their keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(value)) ?? '')
    .digest('hex')
    .slice(0, 12);
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, inOrder(each)]),
  );
}
