import { type Cell, type NotebookFile, toText } from './notebook-file.ts';

export type ParameterValue = null | boolean | number | string | readonly ParameterValue[] | { readonly [key: string]: ParameterValue };

export type Parameters = Readonly<Record<string, ParameterValue>>;

/** A parameter that is no `name=value`, or that a notebook does not have. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/**
 * `name=value` pairs, as given on a command line, as parameters.
 *
 * A value that reads as JSON (a number, true, false, null, a list, an object, a quoted string) is that, any other is text.
 */
export function parseParameters(pairs: readonly string[]): Parameters {
  return Object.fromEntries(
    pairs.map((pair) => {
      const { name = '', value = '' } = /^(?<name>[^=]*)=(?<value>.*)$/s.exec(pair)?.groups ?? {};
      if (!identifier.test(name)) throw new ParameterError(`expected a parameter as name=value, got "${pair}"`);
      return [name, parseValue(value)];
    }),
  );
}

const identifier = /^[A-Za-z_$][\w$]*$/;

function parseValue(text: string): ParameterValue {
  try {
    return JSON.parse(text) as ParameterValue;
  } catch {
    return text;
  }
}

/** The names that a notebook's cell tagged `parameters` declares; none when it has no such cell. */
export function parameterNames(notebook: NotebookFile): readonly string[] {
  const cell = notebook.cells.find(hasTag('parameters'));
  const declarations = /^\s*(?:export\s+)?(?:var|let|const)\s+([A-Za-z_$][\w$]*)/gm;
  return cell ? Array.from(toText(cell.source).matchAll(declarations), ([, name = '']) => name) : [];
}

/**
 * The notebook with `parameters` set, in papermill's layout: a cell tagged `injected-parameters` after the one tagged `parameters`;
 * one that is there already is replaced.
 *
 * Throws a ParameterError when the notebook doesn't declare one of them.
 */
export function withParameters(notebook: NotebookFile, parameters: Parameters, file: string): NotebookFile {
  const names = Object.keys(parameters);
  if (names.length === 0) return notebook;
  const known = parameterNames(notebook);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const expected =
      known.length > 0 ? `one of its parameters (${known.join(', ')})` : 'no parameter, as it has no cell tagged "parameters"';
    throw new ParameterError(`${file}: expected ${expected}, got ${unknown.map((name) => `"${name}"`).join(', ')}`);
  }
  const cells = notebook.cells.filter((cell) => !hasTag('injected-parameters')(cell));
  cells.splice(cells.findIndex(hasTag('parameters')) + 1, 0, {
    id: 'injected-parameters',
    cell_type: 'code',
    metadata: { tags: ['injected-parameters'] },
    // `var`: the cell before has declared the name, and `const` would make the type the value itself.
    source: names.map((name) => `var ${name} = ${JSON.stringify(parameters[name], null, 1)};`).join('\n'),
    outputs: [],
    execution_count: null,
  });
  return { ...notebook, cells };
}

function hasTag(tag: string): (cell: Cell) => boolean {
  return (cell) => cell.metadata.tags?.includes(tag) ?? false;
}
