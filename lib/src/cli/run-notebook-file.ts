import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { foldersOf } from '../config/shipped.ts';
import { findWorkspace } from '../config/workspace.ts';
import { type Parameters, parseParameters } from '../notebook/notebook-parameters.ts';
import type { PythonEnvironment } from '../notebook/python-environment.ts';
import { renderNotebook } from '../notebook/render-notebook.ts';
import { type ExecutedNotebook, NotebookError, runNotebook } from '../notebook/run-notebook.ts';
import { UsageError } from './exit-codes.ts';
import { withInterruption } from './interruption.ts';
import { notebookProgress } from './notebook-progress.ts';
import type { NotebookRunOptions } from './notebook-command.ts';
import { requirePython } from './jupyter.ts';
import { print, say } from './output.ts';

/** `orchlab notebook run`: executes a notebook and says where it and the page are. */
export async function runAndPlaceNotebook(file: string, options: NotebookRunOptions): Promise<void> {
  const path = findNotebook(file);
  const parameters = parseParameters(options.parameter ?? []);
  await withInterruption(async (signal) => {
    const environment = await requirePython(signal);
    const executed = await executeNotebook(path, { environment, parameters, signal, ...options });
    print(shown(executed.output));
    if (options.html) print(shown(await renderNotebook(executed.output, { environment })));
  });
}

/** `orchlab notebook render`. */
export async function renderNotebookFile(file: string, { output }: { readonly output?: string }): Promise<void> {
  const path = findNotebook(file);
  await withInterruption(async (signal) => {
    const environment = await requirePython(signal);
    print(shown(await renderNotebook(path, { environment, ...(output === undefined ? {} : { output }) })));
  });
}

interface ExecuteOptions {
  readonly environment: PythonEnvironment;
  readonly parameters: Parameters;
  readonly signal: AbortSignal;
  readonly output?: string;
  readonly timeout?: number;
}

/**
 * Executes a notebook with its progress on stderr, and puts the executed copy where it belongs: `output`, or the directory of
 * the last experiment that it ran, or perf-results. A notebook that fails is put there too, before its error is thrown.
 */
export async function executeNotebook(
  path: string,
  { environment, parameters, signal, output, timeout }: ExecuteOptions,
): Promise<ExecutedNotebook> {
  const { workspace } = environment;
  // Only the outputs tell which experiment it was.
  const scratch = join(workspace.state, 'notebooks', randomUUID());
  await mkdir(scratch, { recursive: true });
  const progress = notebookProgress(process.stderr, basename(path));
  const place = async (executed: ExecutedNotebook): Promise<ExecutedNotebook> => {
    const experiment = executed.experiments.at(-1);
    const directory = experiment === undefined ? workspace.results : join(workspace.results, experiment);
    const destination = output ?? join(directory, basename(path));
    await mkdir(directory, { recursive: true });
    await rename(executed.output, destination);
    return { ...executed, output: destination };
  };
  try {
    return await place(
      await runNotebook(path, {
        environment,
        parameters,
        signal,
        output: join(scratch, basename(path)),
        onEvent: (event) => progress.update(event),
        ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
      }),
    );
  } catch (error) {
    if (error instanceof NotebookError) {
      const { output: kept } = await place(error.executed);
      say(`${error.traceback.join('\n')}\nWhat was executed is in ${shown(kept)}`);
    }
    throw error;
  } finally {
    progress.end();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A notebook by path, or by its name in notebooks/. */
function findNotebook(file: string): string {
  const workspace = findWorkspace();
  const folders = foldersOf('notebooks', workspace);
  const path = [file, ...folders.flatMap((folder) => [join(folder, file), join(folder, `${file}.ipynb`)])].find(
    (candidate) => candidate.endsWith('.ipynb') && existsSync(candidate),
  );
  if (path === undefined)
    throw new UsageError(
      `notebook ${file}: expected an .ipynb file, or the name of one in ${shown(workspace.notebooks)}/, got no such file`,
    );
  return path;
}

function shown(path: string): string {
  return relative(process.cwd(), path) || path;
}
