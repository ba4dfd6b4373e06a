/** Writes docs/data.md, the meaning of every column: `npm run dictionary`. A test says when it is out of date. */
import { writeFileSync } from 'node:fs';
import { dataDictionary } from '../lib/src/report/data-dictionary.ts';

writeFileSync(new URL('../docs/data.md', import.meta.url), dataDictionary());
