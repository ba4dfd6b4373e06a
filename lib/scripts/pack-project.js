// Before npm packs the library: the configs, scripts and notebooks that orchlab brings, which are beside it in the repository, come with it.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const library = join(import.meta.dirname, '..');
const project = join(library, 'project');
rmSync(project, { recursive: true, force: true });
if (!process.argv.includes('--clean'))
  for (const folder of ['perf-configs', 'test-scripts', 'notebooks', 'examples', 'docs'])
    cpSync(join(library, '..', folder), join(project, folder), {
      recursive: true,
      filter: (path) => !/__pycache__|docs\/images/.test(path),
    });
