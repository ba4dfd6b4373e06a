import { basename, resolve } from 'node:path';
import { runProgram } from '../processes/run-program.ts';
import { vegaBundle } from '../report/vega-bundle.ts';
import { assetPath } from '../config/assets.ts';
import { normalizeNotebook } from './normalize-notebook.ts';
import { readNotebook, toText, type NotebookFile } from './notebook-file.ts';
import { jupyterDirectory, jupyterState } from './jupyter-state.ts';
import type { PythonEnvironment } from './python-environment.ts';

export interface RenderNotebookOptions {
  /** From `ensurePython`. */
  readonly environment: PythonEnvironment;
  /** Default: the notebook's name with `.html`. */
  readonly output?: string;
  /** Default: the notebook's first heading. */
  readonly title?: string;
}

const limitSeconds = 120;

/**
 * Renders a notebook, with the outputs that it has, as one HTML file with interactive plots: it loads nothing from anywhere, and is
 * dark where the reader's system is. Its outputs name no path of this machine. Returns the file's path.
 *
 * Throws when nbconvert fails or takes more than two minutes.
 */
export async function renderNotebook(file: string, options: RenderNotebookOptions): Promise<string> {
  const output = resolve(options.output ?? file.replace(/(\.ipynb)?$/, '.html'));
  // Saved by JupyterLab it may still name paths of this machine.
  const notebook = normalizeNotebook(await readNotebook(file), options.environment.workspace.root);
  const title = options.title ?? firstHeading(notebook) ?? basename(file, '.ipynb');
  const { problem, output: printed } = await runProgram([options.environment.python, assetPath('render_notebook.py')], {
    env: jupyterState(jupyterDirectory(options.environment.workspace)),
    input: JSON.stringify({ notebook, output, title, templates: assetPath('nbconvert-templates'), vega: vegaBundle() }),
    seconds: limitSeconds,
  });
  if (problem !== undefined) throw new Error(`${file}: could not be rendered: nbconvert ${problem}\n${printed.slice(-4000)}`.trimEnd());
  return output;
}

function firstHeading({ cells }: NotebookFile): string | undefined {
  for (const cell of cells) {
    const heading = cell.cell_type === 'markdown' ? /^#\s+(.+)$/m.exec(toText(cell.source))?.[1] : undefined;
    if (heading !== undefined) return heading.replaceAll(/[*_`]/g, '').trim();
  }
  return undefined;
}
