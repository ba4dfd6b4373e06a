import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Target } from '../targets/target.ts';

/** Throws a ConfigError where the config asks for a delay and the target has none. */
export function checkDelay({ delay, name }: Pick<PerfConfig, 'delay' | 'name'>, target: Pick<Target, 'name' | 'delays'>): void {
  if (delay === undefined || target.delays) return;
  const got = `${target.name}: it does not say how ({{not_before}} and {{run_id}} in the submit of a target file, delays in TypeScript)`;
  throw new ConfigError([{ place: `config ${name}`, key: 'delay', expected: 'a target whose runs can be told when to begin', got }]);
}
