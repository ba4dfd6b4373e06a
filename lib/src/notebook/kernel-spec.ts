import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kernelName = 'orchlab';

/** What a notebook says of its kernel; stock tslab takes such notebooks too. */
export const notebookKernelSpec = { display_name: 'TypeScript (orchlab)', language: 'typescript', name: kernelName } as const;

/**
 * Writes the kernel's description to where Jupyter, run from the environment at `environmentRoot`, looks for it.
 *
 * Holds paths of this machine, so it is never committed; written only when it differs.
 */
export async function writeKernelSpec(environmentRoot: string, workspaceRoot: string): Promise<void> {
  const directory = join(environmentRoot, 'share', 'jupyter', 'kernels', kernelName);
  const file = join(directory, 'kernel.json');
  const text = `${JSON.stringify(kernelSpec(workspaceRoot), null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  await mkdir(directory, { recursive: true });
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
