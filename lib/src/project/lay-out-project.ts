import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shipped } from '../config/shipped.ts';

/** What was laid out: paths from the project's root. */
export interface LaidOut {
  readonly made: readonly string[];
  /** Were there already, and are as they were. */
  readonly kept: readonly string[];
}

const firstConfig = `# yaml-language-server: $schema=perf-config.schema.json
# npx orchlab run my-load
workflows: 50
tasks_per_workflow: 4
duration: 0.05

# Your own orchestrator, once perf-configs/targets/my-engine.yaml says how it is run: target: my-engine
# Until then, one of those that npx orchlab targets lists: pg-boss, graphile-worker, dbos.
target: dbos
`;

const resultsIgnored = '# Results are of this machine: share them by their reports, or with your CI.\n*\n!.gitignore\n';

const justRecipe = `# Measures the load of perf-configs/my-load.yaml.
perf *arguments:
    npx --no-install orchlab run my-load {{ arguments }}
`;

/** The files of a project that measures something of its own, by their path: a text, or what is copied of what orchlab brings. */
const files: Readonly<Record<string, { readonly text: string } | { readonly copy: string }>> = {
  'perf-configs/my-load.yaml': { text: firstConfig },
  'perf-configs/perf-config.schema.json': { copy: join(shipped.configs, 'perf-config.schema.json') },
  'perf-configs/targets/my-engine.yaml': { copy: join(shipped.examples, 'init', 'my-engine.yaml') },
  'perf-configs/targets/target.schema.json': { copy: join(shipped.configs, 'targets', 'target.schema.json') },
  'test-scripts/perf-task.sh': { copy: join(shipped.scripts, 'perf-task.sh') },
  'notebooks/quickstart.ipynb': { copy: join(shipped.notebooks, 'quickstart.ipynb') },
  'perf-results/.gitignore': { text: resultsIgnored },
  '.github/workflows/bench.yml': { copy: join(shipped.examples, 'ci', 'bench.yml') },
};

/**
 * Lays out the files of a project in `root`: configs, a target to fill in, a script, a notebook, results that git does not see, a workflow for CI, and `perf` as an npm
 * script where there is a package.json, else as a recipe of just. What is there is left as it is.
 */
export async function layOutProject(root: string): Promise<LaidOut> {
  const [made, kept]: [string[], string[]] = [[], []];
  for (const [path, source] of Object.entries(files)) {
    const file = join(root, path);
    if (existsSync(file)) {
      kept.push(path);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    if ('text' in source) await writeFile(file, source.text);
    else await copyFile(source.copy, file);
    made.push(path);
  }
  const recipe = await addRecipe(root);
  (recipe.isMade ? made : kept).push(recipe.what);
  return { made, kept };
}

async function addRecipe(root: string): Promise<{ readonly what: string; readonly isMade: boolean }> {
  const manifest = join(root, 'package.json');
  if (existsSync(manifest)) {
    const what = 'package.json, script perf';
    const text = await readFile(manifest, 'utf8');
    const values = JSON.parse(text) as { readonly scripts?: Readonly<Record<string, string>> };
    if (values.scripts?.['perf'] !== undefined) return { what, isMade: false };
    const indent = /^[ \t]+/m.exec(text)?.[0] ?? '  ';
    const scripts = { ...values.scripts, perf: 'orchlab run my-load' };
    await writeFile(manifest, `${JSON.stringify({ ...values, scripts }, null, indent)}\n`);
    return { what, isMade: true };
  }
  const isMade = !['justfile', 'Justfile', '.justfile'].some((name) => existsSync(join(root, name)));
  if (isMade) await writeFile(join(root, 'justfile'), justRecipe);
  return { what: 'justfile, recipe perf', isMade };
}
