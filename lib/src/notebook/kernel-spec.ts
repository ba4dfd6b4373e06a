import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kernelName = 'orchlab';

/** What a notebook says of its kernel; stock tslab takes such notebooks too. */
export const notebookKernelSpec = { display_name: 'TypeScript (orchlab)', language: 'typescript', name: kernelName } as const;

/**
 * Writes the kernel's description, and JupyterLab's settings, to where Jupyter, run from the environment at `environmentRoot`,
 * looks for them.
 *
 * They hold paths of this machine, so they are never committed; written only when they differ.
 */
export async function writeKernelSpec(environmentRoot: string, workspaceRoot: string): Promise<void> {
  const share = join(environmentRoot, 'share', 'jupyter');
  await writeJson(join(share, 'kernels', kernelName, 'kernel.json'), kernelSpec(workspaceRoot));
  await writeJson(join(share, 'lab', 'settings', 'overrides.json'), labSettings);
}

/** Neither asks for news, nor looks for updates of a version that is pinned. */
const labSettings = { '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false } };

async function writeJson(file: string, content: object): Promise<void> {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function kernelSpec(workspaceRoot: string) {
  const projectNode = join(workspaceRoot, 'node_modules', '.bin', 'node');
  const main = fileURLToPath(new URL(`./kernel/main${extname(import.meta.url)}`, import.meta.url));
  return {
    argv: [existsSync(projectNode) ? projectNode : process.execPath, '--disable-warning=ExperimentalWarning', main, '{connection_file}'],
    display_name: notebookKernelSpec.display_name,
    language: notebookKernelSpec.language,
    interrupt_mode: 'signal',
  };
}
