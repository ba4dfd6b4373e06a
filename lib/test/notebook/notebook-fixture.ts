import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findWorkspace } from '../../src/config/workspace.ts';
import { notebookKernelSpec } from '../../src/notebook/kernel-spec.ts';
import { type Cell, type NotebookFile, readNotebook, writeNotebook } from '../../src/notebook/notebook-file.ts';
import { type PythonEnvironment, ensurePython } from '../../src/notebook/python-environment.ts';
import { type ExecutedNotebook, NotebookError, type RunNotebookOptions, runNotebook } from '../../src/notebook/run-notebook.ts';

export const workspace = findWorkspace(fileURLToPath(new URL('.', import.meta.url)));

/** The project's own environment, made when it isn't there. */
export async function testEnvironment(options: { readonly jupyterLab?: boolean } = {}): Promise<PythonEnvironment> {
  const environment = await ensurePython({ workspace, ...options });
  if (!environment.ready) throw new Error(environment.message);
  return environment;
}

/** A cell that takes library functions from the sources, so that these tests need no build. */
export function imports(names: string, module: string): string {
  const path = fileURLToPath(new URL(`../../src/${module}`, import.meta.url));
  return `const { ${names} } = require(${JSON.stringify(path)}) as any;`;
}

export function notebook(cells: readonly (string | Cell)[]): NotebookFile {
  return {
    cells: cells.map((cell, index) => (typeof cell === 'string' ? codeCell(cell, [], `cell-${index}`) : cell)),
    metadata: { kernelspec: { ...notebookKernelSpec } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

export function codeCell(source: string, tags: readonly string[] = [], id = 'cell'): Cell {
  // As a list of lines, the way Jupyter saves it.
  return { id, cell_type: 'code', source: source.split(/(?<=\n)/), metadata: { tags }, outputs: [], execution_count: null };
}

export interface Outcome {
  readonly cells: readonly Cell[];
  readonly executed: ExecutedNotebook;
  readonly error?: NotebookError;
}

/** Executes `content` in a folder of its own inside the workspace, where packages resolve as they do for users' notebooks. */
export async function execute(content: NotebookFile, options: Partial<RunNotebookOptions> = {}): Promise<Outcome> {
  const environment = options.environment ?? (await testEnvironment());
  await mkdir(workspace.state, { recursive: true });
  const directory = await mkdtemp(join(workspace.state, 'test-notebook-'));
  try {
    const file = join(directory, 'test.ipynb');
    await writeNotebook(file, content);
    const outcome = await settle(runNotebook(file, { timeoutSeconds: 240, ...options, environment }));
    return { ...outcome, cells: (await readNotebook(outcome.executed.output)).cells };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function settle(run: Promise<ExecutedNotebook>): Promise<Omit<Outcome, 'cells'>> {
  try {
    return { executed: await run };
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    return { executed: error.executed, error };
  }
}
