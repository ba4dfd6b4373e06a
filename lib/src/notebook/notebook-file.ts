import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** A notebook as in its file (nbformat 4), as far as orchlab looks at it. */
export interface NotebookFile {
  cells: Cell[];
  metadata: Record<string, unknown> & { kernelspec?: { name?: string } };
  nbformat: number;
  nbformat_minor: number;
}

export interface Cell {
  id?: string;
  cell_type: 'code' | 'markdown' | 'raw';
  source: MultilineText;
  metadata: Record<string, unknown> & { tags?: readonly string[] };
  outputs?: Output[];
  execution_count?: number | null;
}

export interface Output {
  output_type: 'stream' | 'display_data' | 'execute_result' | 'error';
  metadata?: Record<string, unknown>;
  [field: string]: unknown;
}

/** nbformat keeps long text as a list of lines, each with its line end. */
export type MultilineText = string | string[];

export function toText(text: MultilineText): string {
  return typeof text === 'string' ? text : text.join('');
}

/** Reads an .ipynb file. Throws when it is no notebook of format 4. */
export async function readNotebook(file: string): Promise<NotebookFile> {
  const content = await readFile(file, 'utf8');
  let notebook: Partial<NotebookFile>;
  try {
    notebook = JSON.parse(content) as Partial<NotebookFile>;
  } catch (cause) {
    throw new Error(`${file}: expected a notebook (JSON), got: ${(cause as Error).message}`, { cause });
  }
  if (!Array.isArray(notebook.cells) || notebook.nbformat !== 4) {
    throw new Error(
      `${file}: expected a notebook of format 4, got ${notebook.nbformat === undefined ? 'no notebook' : `format ${notebook.nbformat}`}`,
    );
  }
  return notebook as NotebookFile;
}

/** Writes an .ipynb file the way Jupyter does, but a plot's specification on one line (a third of the file less); whole or not at all. */
export async function writeNotebook(file: string, notebook: NotebookFile): Promise<void> {
  const part = `${file}.part`;
  await writeFile(part, `${notebookJson(notebook)}\n`);
  await rename(part, file);
}

function notebookJson(notebook: NotebookFile): string {
  const specs: string[] = [];
  const mark = `spec-${randomUUID()}-`;
  const json = JSON.stringify(
    notebook,
    (key, value: unknown) => (isSpec(key, value) ? `${mark}${specs.push(JSON.stringify(value)) - 1}` : value),
    1,
  );
  return json.replaceAll(new RegExp(`"${mark}(\\d+)"`, 'g'), (_, index: string) => specs[Number(index)] ?? '');
}

function isSpec(mimeType: string, value: unknown): boolean {
  return mimeType.startsWith('application/vnd.vegalite.') && typeof value === 'object';
}
