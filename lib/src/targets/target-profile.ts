import type { PerfConfig, Recovery } from '../config/perf-config.ts';
import { setOptionsOf } from '../config/set-options.ts';
import type { Places, TargetProfile, TaskClock, TaskTime, TaskTimes } from '../results/target-profile.ts';
import type { Target, TargetContext } from './target.ts';

/** The keys of the config that set the places of an engine which takes `max_concurrent_dispatches` for each scheduler process. */
export const dispatchSettings: readonly string[] = ['scheduler.max_concurrent_dispatches', 'scheduler.processes'];

/** Places of an engine that bounds the tasks running in each scheduler process by one of its own settings, which keys of the config set. */
export function boundedPlaces(
  setting: string,
  count: number,
  processes: PerfConfig['scheduler']['processes'],
  settings: readonly string[] = [],
): Places {
  const by = `${setting} ${count}${processes > 1 ? ` x ${processes} processes` : ''}`;
  return { kind: 'bounded', count: count * processes, by, settings };
}

/** What goes into the manifest of an experiment with a target. */
export function profileOf(target: Target): TargetProfile {
  const { name, version, programHash, options, places, times, rolePatterns = [], processRoles = [] } = target;
  return {
    name,
    version,
    ...(programHash === undefined ? {} : { programHash }),
    options,
    places,
    times,
    roles: [...new Set([...rolePatterns.map(({ role }) => role), ...processRoles])].filter(
      (role) => role !== 'scheduler' && role !== 'workers',
    ),
  };
}

/** The four times of a target that says no more of them than whose clock they are from. */
export function timesOfClock(clock: TaskClock): TaskTimes {
  const time: TaskTime = { clock, moment: 'unknown', source: '' };
  return { created: time, dispatched: time, started: time, finished: time };
}

/** What the config says of recovery: without a word of it, a task is tried once. */
export function recoveryOf({ recovery }: Pick<PerfConfig, 'recovery'>): Recovery {
  return recovery ?? { max_attempts: 1 };
}

/** Sentences about what a config says of recovery and an engine does not honour as it is; nothing of what it leaves out. */
export function recoveryWarnings(
  { recovery }: Pick<PerfConfig, 'recovery'>,
  sentences: Readonly<Partial<Record<keyof Recovery, string>>>,
): string[] {
  const isSet: Readonly<Record<keyof Recovery, boolean>> = {
    max_attempts: (recovery?.max_attempts ?? 1) > 1,
    retry_delay_seconds: recovery?.retry_delay_seconds !== undefined,
    dead_after_seconds: recovery?.dead_after_seconds !== undefined,
    check_seconds: recovery?.check_seconds !== undefined,
  };
  return (Object.keys(isSet) as (keyof Recovery)[]).flatMap((key) => (isSet[key] && sentences[key] !== undefined ? [sentences[key]] : []));
}

/** Sentences about options that an engine does not honour as they are; those of options that the config does not set are left out. */
export function optionWarnings(
  { config, setOptions = setOptionsOf(config) }: Pick<TargetContext, 'config' | 'setOptions'>,
  sentences: Readonly<Partial<Record<keyof PerfConfig['scheduler'], string>>>,
): string[] {
  return Object.entries(sentences).flatMap(([name, sentence]) => (setOptions.includes(name) ? [sentence] : []));
}
