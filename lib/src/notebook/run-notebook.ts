import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { longestTimerSeconds } from '../timing/clock.ts';
import { tailOf } from '../processes/output-tail.ts';
import { cellLimitMs, kernelEndMs, notebookEndMs } from '../timing/stop-limits.ts';
import { assetPath } from '../config/assets.ts';
import { kernelName } from './kernel-spec.ts';
import { normalizeNotebook } from './normalize-notebook.ts';
import { type NotebookFile, readNotebook, writeNotebook } from './notebook-file.ts';
import { type Parameters, withParameters } from './notebook-parameters.ts';
import { jupyterDirectory, jupyterState } from './jupyter-state.ts';
import type { PythonEnvironment } from './python-environment.ts';

/** What happens while a notebook is executed. Cells are counted from 1, those with code only. */
export type NotebookEvent =
  | { readonly event: 'kernel-ready' }
  | { readonly event: 'cell-started'; readonly cell: number; readonly cells: number; readonly source: string }
  /** Text of an output as it comes; an output that is updated in place comes again and again. */
  | { readonly event: 'output'; readonly cell: number; readonly text: string }
  | { readonly event: 'cell-ended'; readonly cell: number; readonly cells: number; readonly failed: boolean; readonly seconds: number };

export interface RunNotebookOptions {
  /** From `ensurePython`. */
  readonly environment: PythonEnvironment;
  /** Where the executed notebook goes; default: over the file itself. */
  readonly output?: string;
  /** Values for what the notebook's cell tagged `parameters` declares. */
  readonly parameters?: Parameters;
  readonly onEvent?: (event: NotebookEvent) => void;
  /** Ends the kernel; what was executed until then is written. */
  readonly signal?: AbortSignal;
  /** For the whole notebook, at most 24 days. Default 1800. */
  readonly timeoutSeconds?: number;
  /** Jupyter's name of the kernel. Default orchlab. */
  readonly kernel?: string;
}

export interface ExecutedNotebook {
  readonly output: string;
  /** Code cells that ran. */
  readonly cells: number;
  /** Names of the experiments that the notebook ran or showed, in order. */
  readonly experiments: readonly string[];
}

/** A notebook that could not be executed to its end; what was executed until then is in `executed.output`. */
export class NotebookError extends Error {
  override readonly name = 'NotebookError';
  /** The cell that failed, counted from 1, those with code only; 0 when it was none of them. */
  readonly cell: number;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
  readonly executed: ExecutedNotebook;

  constructor(file: string, failure: Failure, executed: ExecutedNotebook) {
    const { cell, ename, evalue, traceback } = failure;
    super(`${file}${cell > 0 ? ` cell ${cell}` : ''}: ${ename}: ${evalue}`);
    this.cell = cell;
    this.ename = ename;
    this.evalue = evalue;
    this.traceback = traceback;
    this.executed = executed;
  }
}

interface Failure {
  readonly cell: number;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

type Message = NotebookEvent | ({ readonly event: 'failed' } & Failure) | { readonly event: 'notebook'; readonly notebook: NotebookFile };

/**
 * Executes a notebook from its first cell to its last, without a browser, and writes it with its outputs.
 *
 * The kernel's working directory is the notebook's folder. Throws a NotebookError when a cell fails (an exception, a type error, an
 * unhandled rejection), the time is up or `signal` aborts; the executed notebook is written all the same, the cells after the
 * failure without outputs.
 */
export async function runNotebook(file: string, options: RunNotebookOptions): Promise<ExecutedNotebook> {
  const { environment, parameters = {}, timeoutSeconds = 1800, kernel = kernelName } = options;
  options.signal?.throwIfAborted();
  const path = resolve(file);
  const output = resolve(options.output ?? file);
  const notebook = withParameters(await readNotebook(path), parameters, file);
  const limits = { timeoutSeconds, cellEndSeconds: cellLimitMs / 1000, kernelEndSeconds: kernelEndMs / 1000 };
  const request = { notebook, directory: dirname(path), kernel, answersInterrupts: kernel === kernelName, ...limits };
  const outcome = await execute(request, options);
  if (!outcome.notebook)
    throw new Error(`${file}: the notebook runner ended without a result: ${outcome.stderr().trim() || 'it printed nothing'}`);
  const executed = normalizeNotebook(outcome.notebook, environment.workspace.root);
  await writeNotebook(output, executed);
  const result = { output, cells: outcome.cells, experiments: experimentNames(executed) };
  if (outcome.failure) throw new NotebookError(file, outcome.failure, result);
  return result;
}

interface Outcome {
  notebook?: NotebookFile;
  failure?: Failure;
  cells: number;
  /** The end of what it wrote there. */
  readonly stderr: () => string;
}

async function execute(request: { readonly timeoutSeconds: number }, options: RunNotebookOptions): Promise<Outcome> {
  const { python, workspace } = options.environment;
  const child = spawn(python, [assetPath('run_notebook.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...jupyterState(jupyterDirectory(workspace)) },
  });
  const closed = once(child, 'close');
  closed.catch(() => undefined); // awaited when its output has ended: that it could not be started is told then
  const outcome: Outcome = { cells: 0, stderr: tailOf([child.stderr]) };
  // The program may end before it has read everything; its exit tells more than the broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(request)}\n`);
  // It ends by itself; a limit for when it doesn't.
  const killAfter = (seconds: number): NodeJS.Timeout =>
    setTimeout(() => child.kill('SIGKILL'), Math.min(seconds, longestTimerSeconds) * 1000);
  let lastResort = killAfter(request.timeoutSeconds + notebookEndMs / 1000);
  const stop = (): void => {
    child.stdin.end();
    clearTimeout(lastResort);
    lastResort = killAfter(notebookEndMs / 1000);
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of createInterface({ input: child.stdout })) receive(JSON.parse(line) as Message, outcome, options);
    await closed;
  } finally {
    clearTimeout(lastResort);
    options.signal?.removeEventListener('abort', stop);
    child.stdin.end();
  }
  return outcome;
}

function receive(message: Message, outcome: Outcome, options: RunNotebookOptions): void {
  if (message.event === 'notebook') {
    outcome.notebook = message.notebook;
  } else if (message.event === 'failed') {
    outcome.failure = message;
  } else {
    if (message.event === 'cell-ended') outcome.cells++;
    options.onEvent?.(message);
  }
}

function experimentNames(notebook: NotebookFile): readonly string[] {
  const names = notebook.cells
    .flatMap((cell) => cell.outputs ?? [])
    .map((output) => (output.metadata?.['orchlab'] as { experiment?: unknown } | undefined)?.experiment)
    .filter((name) => typeof name === 'string');
  return [...new Set(names)];
}
