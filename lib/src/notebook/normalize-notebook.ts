import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { notebookKernelSpec } from './kernel-spec.ts';
import type { Cell, NotebookFile, Output } from './notebook-file.ts';

/**
 * An executed notebook made fit to be shared and compared: its outputs name no path of this machine (the workspace becomes `.`, the
 * home folder `~`) and link to none, its metadata no times; any kernel's name becomes that of orchlab's.
 */
export function normalizeNotebook(notebook: NotebookFile, workspaceRoot: string): NotebookFile {
  const hide = pathHider(workspaceRoot);
  const { language_info: languageInfo } = notebook.metadata;
  return {
    ...notebook,
    metadata: {
      kernelspec: { ...notebookKernelSpec },
      ...(languageInfo !== undefined && { language_info: languageInfo }),
      ...kept(notebook),
    },
    cells: notebook.cells.map((cell) => normalizeCell(cell, hide)),
  };
}

/** What the author wrote into the notebook's metadata, for instance its title. */
function kept({ metadata }: NotebookFile): Record<string, unknown> {
  const { kernelspec: _kernel, language_info: _language, widgets: _widgets, papermill: _papermill, ...rest } = metadata;
  return rest;
}

function normalizeCell(cell: Cell, hide: (text: string) => string): Cell {
  const { execution: _execution, papermill: _papermill, ...metadata } = cell.metadata;
  return { ...cell, metadata, ...(cell.outputs && { outputs: cell.outputs.map((output) => hideIn(output, hide) as Output) }) };
}

/** What an experiment's card links to is beside the notebook, not where its reader is. */
const localLink = /<a class="orchlab-link"[^>]*>(.*?)<\/a>/g;

function hideIn(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return hide(value.replaceAll(localLink, '$1'));
  if (Array.isArray(value)) return value.map((item) => hideIn(item, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'image/png' && typeof item === 'string' ? item : hideIn(item, hide)]),
  );
}

function pathHider(workspaceRoot: string): (text: string) => string {
  const replacements = [
    ...[workspaceRoot, realpathSync(workspaceRoot)].map((path) => [path, '.'] as const),
    [homedir(), '~'] as const,
    // A root as short as "/" would be found everywhere.
  ].filter(([path]) => path.length > 1);
  const rules = replacements.flatMap(([path, name]) => [
    [boundedPattern(pathToFileURL(path).href), name] as const,
    [boundedPattern(path), name] as const,
  ]);
  return (text) => {
    let hidden = text;
    for (const [pattern, name] of rules) hidden = hidden.replace(pattern, name);
    return hidden;
  };
}

/** A path as a whole: `/a/lab` is found in `/a/lab/x`, not in `/a/labels` nor in `/opt/a/lab`. */
function boundedPattern(path: string): RegExp {
  return new RegExp(String.raw`(?<![\w.~-])${path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w-])`, 'g');
}
