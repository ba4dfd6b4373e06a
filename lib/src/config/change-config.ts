import { hasPath, mergeConfigValues } from './load-config.ts';
import type { PerfConfig, PerfConfigFile } from './perf-config.ts';
import { setOptionsOf } from './set-options.ts';
import { validateConfig } from './validate-config.ts';

/** Values as options give them, by dotted name: `scheduler.poll_interval_secs`. Not validated. */
export type Settings = Readonly<Record<string, unknown>>;

/** Settings as a config file has them: those of a block together. */
export function overridesOf(settings: Settings): Partial<PerfConfigFile> {
  const overrides: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    const [block = name, ...rest] = name.split('.');
    if (rest.length === 0) overrides[block] = value;
    else overrides[block] = { ...(overrides[block] as object | undefined), [rest.join('.')]: value };
  }
  return overrides;
}

/**
 * A config with other values in place of some of its own; the rest of a block stays, where it fits.
 *
 * Throws a ConfigError that names every problem: one of these settings as of `place`.
 */
export function changeConfig(config: PerfConfig, settings: Settings, place: string): PerfConfig {
  const values = configValuesOf(config);
  const overrides = overridesOf(settings);
  const merged = mergeConfigValues(values, overrides) as PerfConfigFile;
  const arrival = mergeArrival(values.arrival, merged.arrival);
  return validateConfig(
    { ...merged, ...(arrival !== undefined && { arrival }) },
    { name: config.name, placeOf: (path) => (hasPath(overrides, path) ? place : `config ${config.name}`) },
  );
}

/** The values of which `createConfig(values, config.name)` makes the same config: plain, and without what the scheduler has by default. */
export function configValuesOf(config: PerfConfig): PerfConfigFile {
  const { name: _name, scheduler, ...values } = config;
  const set = setOptionsOf(config);
  return {
    ...values,
    scheduler: Object.fromEntries(Object.entries(scheduler).filter(([option]) => (set as readonly string[]).includes(option))),
  };
}

/** Another rate of the same kind of arrival keeps what else is said of it, such as its seed. */
function mergeArrival(before: PerfConfigFile['arrival'], after: PerfConfigFile['arrival']): PerfConfigFile['arrival'] {
  if (typeof before !== 'object' || typeof after !== 'object' || before === after) return after;
  return Object.keys(after).every((key) => key in before) ? { ...before, ...after } : after;
}
