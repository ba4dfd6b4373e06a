import { configJsonSchema } from './config-schema.ts';
import { type PerfConfig, perfConfigSchema } from './perf-config.ts';
import { noteSetOptions } from './set-options.ts';
import { type ValueSource, validateValues } from './validate-values.ts';

/** What is known of a config beside its values, for good messages. */
interface Source extends Pick<ValueSource, 'placeOf'> {
  readonly name: string;
}

/** Validates plain values as a config and fills in the defaults. Throws a ConfigError that names every problem. */
export function validateConfig(values: unknown, { name, placeOf }: Source): PerfConfig {
  const config = { ...validateValues(perfConfigSchema, values, { placeOf, jsonSchema: configJsonSchema }), name };
  noteSetOptions(config, values);
  return config;
}
