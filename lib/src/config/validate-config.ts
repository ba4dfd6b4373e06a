import { z } from 'zod';
import { type PerfConfig, perfConfigSchema } from './perf-config.ts';
import { noteSetOptions } from './set-options.ts';
import { type ValueSource, validateValues } from './validate-values.ts';

/** How much load there is, is said in exactly one of these ways. */
const isList = { required: ['workflows'], properties: { workflows: { type: 'array' } } };
const sizes = [
  { required: ['workflows'], properties: { workflows: { type: 'integer' } } },
  { required: ['load_seconds'], not: isList },
  { required: ['arrival'], properties: { arrival: { type: 'object', required: ['steps'] } }, not: isList },
  // Of several workflows each has its own.
  isList,
];

/** The JSON Schema of a config file, for completion in editors (perf-configs/perf-config.schema.json holds it). */
export function configJsonSchema(): object {
  return { ...z.toJSONSchema(perfConfigSchema, { io: 'input' }), oneOf: sizes, title: 'orchlab experiment' };
}

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
