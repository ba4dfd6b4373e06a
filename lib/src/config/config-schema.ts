import { z } from 'zod';
import { perfConfigSchema } from './perf-config.ts';

/** How much load there is, is said in exactly one of these ways. */
const sizes = [
  { required: ['workflows'] },
  { required: ['load_seconds'] },
  { required: ['arrival'], properties: { arrival: { type: 'object', required: ['steps'] } } },
];

/** The JSON Schema of a config file, for completion in editors (perf-configs/perf-config.schema.json holds it). */
export function configJsonSchema(): object {
  return { ...z.toJSONSchema(perfConfigSchema, { io: 'input' }), oneOf: sizes, title: 'orchlab experiment' };
}
