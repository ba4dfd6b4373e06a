import { isDeepStrictEqual } from 'node:util';
import type { PerfConfig } from '../config/perf-config.ts';
import type { SettingValue } from '../results/series-record.ts';

/** What two configs set differently, by dotted name: the values of each. */
export function differingSettings(
  a: PerfConfig,
  b: PerfConfig,
): { readonly a: Readonly<Record<string, SettingValue>>; readonly b: Readonly<Record<string, SettingValue>> } {
  const [ofA, ofB] = [settingsOf(a), settingsOf(b)];
  const names = [...new Set([...Object.keys(ofA), ...Object.keys(ofB)])].filter((name) => !isDeepStrictEqual(ofA[name], ofB[name]));
  const pick = (settings: Readonly<Record<string, SettingValue>>): Readonly<Record<string, SettingValue>> =>
    Object.fromEntries(names.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])));
  return { a: pick(ofA), b: pick(ofB) };
}

/** By dotted name; what is no single value in a word of JSON. */
function settingsOf({ name, ...config }: PerfConfig): Readonly<Record<string, SettingValue>> {
  const entries = Object.entries({ config: name, ...config }).flatMap(([key, value]) =>
    key === 'scheduler'
      ? Object.entries(config.scheduler).map(([option, each]) => [`scheduler.${option}`, each] as const)
      : [[key, value] as const],
  );
  return Object.fromEntries(
    entries
      .map(([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : value] as const)
      .filter(([, value]) => value !== undefined),
  ) as Readonly<Record<string, SettingValue>>;
}
