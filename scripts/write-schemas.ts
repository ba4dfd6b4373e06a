/** Writes the JSON Schemas of config and target files, for completion in editors: `npm run schema`. Tests say when they are out of date. */
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../lib/src/config/validate-config.ts';
import { targetJsonSchema } from '../lib/src/targets/described/target-schema.ts';

const schemas = { 'perf-config.schema.json': configJsonSchema(), 'targets/target.schema.json': targetJsonSchema() };
for (const [name, schema] of Object.entries(schemas))
  writeFileSync(new URL(`../perf-configs/${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
