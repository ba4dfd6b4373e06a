import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workspace } from './workspace.ts';

/** Of these orchlab brings some, which a project's own of the same name override. */
type Kind = 'configs' | 'scripts' | 'notebooks';

/** What orchlab brings: in the installed package it is in `project`, in its repository beside the library. */
export const shipped: Readonly<Record<Kind | 'examples', string>> = (() => {
  let packageRoot = import.meta.dirname;
  while (!existsSync(join(packageRoot, 'package.json'))) packageRoot = dirname(packageRoot);
  const packed = join(packageRoot, 'project');
  const root = existsSync(packed) ? packed : dirname(packageRoot);
  return {
    configs: join(root, 'perf-configs'),
    scripts: join(root, 'test-scripts'),
    notebooks: join(root, 'notebooks'),
    examples: join(root, 'examples'),
  };
})();

/** Where to look for one of a kind: in the project, then in what orchlab brings. */
export function foldersOf(kind: Kind, workspace: Pick<Workspace, Kind>): readonly string[] {
  return [...new Set([workspace[kind], shipped[kind]])];
}
