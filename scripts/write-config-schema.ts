/** Writes the JSON Schema of config files, for completion in editors: `npm run schema`. A test says when it is out of date. */
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../lib/src/config/config-schema.ts';

writeFileSync(new URL('../perf-configs/perf-config.schema.json', import.meta.url), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
