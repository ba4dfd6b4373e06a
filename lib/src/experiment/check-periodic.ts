import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Target } from '../targets/target.ts';

/** Throws a ConfigError where the config asks for periodic work and the target has none, or none of so short a period. */
export function checkPeriodic(
  { periodic, name }: Pick<PerfConfig, 'periodic' | 'name'>,
  { name: target, leastPeriodSeconds }: Pick<Target, 'name' | 'leastPeriodSeconds'>,
): void {
  if (periodic === undefined || (leastPeriodSeconds !== undefined && periodic.every >= leastPeriodSeconds)) return;
  throw new ConfigError([
    leastPeriodSeconds === undefined
      ? {
          place: `config ${name}`,
          key: 'periodic',
          expected: 'a target that begins work by itself',
          got: `${target}: it does not say how ({{periodic.schedules}} in a target file, leastPeriodSeconds in TypeScript)`,
        }
      : {
          place: `config ${name}`,
          key: 'periodic.every',
          expected: `${leastPeriodSeconds} s or more (the schedules of ${target} know nothing shorter)`,
          got: `${periodic.every} s`,
        },
  ]);
}
