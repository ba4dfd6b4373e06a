import { dirname, join, sep } from 'node:path';
import { inspect, stripVTControlCharacters } from 'node:util';
import type { CellPlace } from './compiled-cells.ts';

/** A failed cell, in the words of the Jupyter protocol. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** tslab prints a diagnostic with this format, and anything that a cell throws without one. */
const diagnosticFormat = '%s%d:%d - %s';

/** Of the error with which tslab's executor ends a cell that was interrupted. */
export const interruptedMessage = 'Interrupted asynchronously';

/** Where a line of a stack is in the cells as they were typed; undefined when it is in none. */
export type FindPlace = (stackLine: string) => CellPlace | undefined;

/**
 * What tslab's executor printed about one cell, as an error: what was thrown, the line of the cell that led to it, and the frames in the
 * user's own files. `reports` are the arguments of its `console.error` calls.
 */
export function toCellError(reports: readonly (readonly unknown[])[], source: string, findPlace: FindPlace): CellError {
  const diagnostics = reports.filter(([format]) => format === diagnosticFormat).map(toDiagnostic);
  if (diagnostics.length > 0) return typeScriptError(diagnostics, source);
  const [thrown] = reports.at(-1) ?? [new Error('the cell failed without saying why')];
  return thrownError(thrown, findPlace);
}

function toDiagnostic([, file, line, column, message]: readonly unknown[]): Diagnostic {
  return { file: String(file).trim(), line: Number(line), column: Number(column), message: String(message) };
}

function typeScriptError(diagnostics: readonly Diagnostic[], source: string): CellError {
  const lines = source.split('\n');
  const traceback = diagnostics.flatMap(({ file, line, column, message }) => {
    const place = file === '' ? `line ${line}` : `${file} line ${line}`;
    const code = file === '' ? lines[line - 1] : undefined;
    return [`TypeScriptError in ${place}: ${message}`, ...(code === undefined ? [] : excerpt(code, column))];
  });
  return { ename: 'TypeScriptError', evalue: diagnostics[0]?.message ?? '', traceback };
}

/** A line of code with a mark below the column, which counts from 1. */
function excerpt(code: string, column: number): string[] {
  return [`    ${code}`, `    ${' '.repeat(Math.max(0, column - 1))}^`];
}

function thrownError(thrown: unknown, findPlace: FindPlace): CellError {
  if (isInterrupt(thrown)) {
    const evalue = 'the cell was interrupted';
    return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
  }
  if (!(thrown instanceof Error) && !isErrorLike(thrown)) {
    const evalue = inspect(thrown);
    return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
  }
  const ename = thrown.name || 'Error';
  return { ename, evalue: thrown.message, traceback: toTraceback(thrown, findPlace) };
}

/** An error of another realm (vm) is no instance of this one's Error. */
function isErrorLike(value: unknown): value is Error {
  return Object.prototype.toString.call(value) === '[object Error]';
}

function isInterrupt(thrown: unknown): boolean {
  if (!isErrorLike(thrown)) return false;
  return thrown.message === interruptedMessage || ('code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED');
}

/** Places in Node, in packages and in orchlab itself: what they tell the user of a notebook is in the error's message. */
const foreignFrame = /^\s+at (.*[( ])?(node:|file:.*\/node_modules\/|\/.*\/node_modules\/|<anonymous>\))/;
const packageFolder = dirname(dirname(dirname(import.meta.dirname)));
const libraryFolders = ['src', 'dist'].map((folder) => `${join(packageFolder, folder)}${sep}`);
const longestChain = 5;

/** What the error says, where in the cells, what it carries (a database's detail, a code), and the same of its causes. */
function toTraceback(error: Error, findPlace: FindPlace, depth = 0): string[] {
  const frames = stripVTControlCharacters(error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const details = Object.entries(error)
    .filter(([name, value]) => name !== 'name' && ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
    .map(([name, value]) => `    ${name}: ${String(value)}`);
  const head = `${error.name || 'Error'}: ${error.message}`;
  const { cause } = error;
  const causes = !isErrorLike(cause) || depth >= longestChain ? [] : toTraceback(cause, findPlace, depth + 1);
  return [
    head,
    ...details,
    ...readableFrames(frames, findPlace),
    ...causes.map((line, index) => (index === 0 ? `caused by ${line}` : line)),
  ];
}

/** The frames that are the user's own, with the cell's own lines in place of their numbers in the compiled code. */
function readableFrames(frames: readonly string[], findPlace: FindPlace): string[] {
  const own = frames
    .filter((frame) => !foreignFrame.test(frame) && !libraryFolders.some((folder) => frame.includes(folder)))
    .map((frame) => ({ frame, place: findPlace(frame) }))
    // What tslab wraps around a cell is in no line of it.
    .filter(({ frame, place }) => place !== undefined || !frame.includes('evalmachine.'));
  const firstPlace = own.find(({ place }) => place !== undefined)?.place;
  return own
    .map(({ frame, place }) => ({ place, text: place ? inWords(frame, place) : frame }))
    .filter(({ text }, index, all) => text !== all[index - 1]?.text)
    .flatMap(({ text, place }) => (place && place === firstPlace ? [text, ...excerpt(place.code, place.column)] : [text]));
}

function inWords(frame: string, { cell, line }: CellPlace): string {
  return frame.replace(
    /(at )(?:async )?(?:Proxy\.)?(.*?\()?evalmachine\.[^:]*:\d+:\d+/,
    (_, at: string, name = '') => `${at}${name}cell ${cell}, line ${line}`,
  );
}
