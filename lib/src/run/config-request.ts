import { z } from 'zod';
import { configValuesOf } from '../config/change-config.ts';
import { createConfig } from '../config/load-config.ts';
import type { PerfConfig, PerfConfigFile } from '../config/perf-config.ts';

/** A config as series.json has it: plain values, of which the same one is made again. */
export const configRequestSchema = z.object({ name: z.string(), values: z.record(z.string(), z.unknown()) });

export type ConfigRequest = z.output<typeof configRequestSchema>;

export function toConfigRequest(config: PerfConfig): ConfigRequest {
  return { name: config.name, values: { ...configValuesOf(config) } };
}

/** Throws a ConfigError where the values are none of a config any more. */
export function configOfRequest({ name, values }: ConfigRequest): PerfConfig {
  return createConfig(values as PerfConfigFile, name);
}
