import { z } from 'zod';
import { perfConfigSchema } from './perf-config.ts';

/** The JSON Schema of a config file, for completion in editors (perf-configs/perf-config.schema.json holds it). */
export function configJsonSchema(): object {
  return { ...z.toJSONSchema(perfConfigSchema, { io: 'input' }), title: 'orchlab experiment' };
}
