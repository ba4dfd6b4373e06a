import { type PerfConfig, schedulerSchema } from './perf-config.ts';

type SchedulerOption = keyof PerfConfig['scheduler'];

/** Beside the configs, not in them: two that ask for the same are equal, whoever spelled out a default. */
const setOptions = new WeakMap<PerfConfig, readonly SchedulerOption[]>();

/** Notes which options of the scheduler block the values of a config had, before defaults were filled in. */
export function noteSetOptions(config: PerfConfig, values: unknown): void {
  const { scheduler = {} } = values as { readonly scheduler?: object };
  setOptions.set(config, Object.keys(scheduler) as SchedulerOption[]);
}

/**
 * The options of the scheduler block that a config sets itself.
 *
 * Of one that was put together otherwise than by loadConfig and createConfig (a copy of another): those that are not the default.
 */
export function setOptionsOf(config: PerfConfig): readonly SchedulerOption[] {
  const defaults = schedulerSchema.parse({});
  return (
    setOptions.get(config) ??
    (Object.keys(config.scheduler) as SchedulerOption[]).filter((name) => config.scheduler[name] !== defaults[name])
  );
}
