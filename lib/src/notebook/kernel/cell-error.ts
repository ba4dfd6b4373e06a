import { pathToFileURL } from 'node:url';
import { inspect, stripVTControlCharacters } from 'node:util';

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

/** What tslab's executor printed about one cell, as an error. `reports` are the arguments of its `console.error` calls. */
export function toCellError(reports: readonly (readonly unknown[])[], source: string): CellError {
  const diagnostics = reports.filter(([format]) => format === diagnosticFormat).map(toDiagnostic);
  if (diagnostics.length > 0) return typeScriptError(diagnostics, source);
  const [thrown] = reports.at(-1) ?? [new Error('the cell failed without saying why')];
  return thrownError(thrown);
}

function toDiagnostic([, file, line, column, message]: readonly unknown[]): Diagnostic {
  return { file: String(file).trim(), line: Number(line), column: Number(column), message: String(message) };
}

function typeScriptError(diagnostics: readonly Diagnostic[], source: string): CellError {
  const lines = source.split('\n');
  const traceback = diagnostics.flatMap(({ file, line, column, message }) => {
    const place = file === '' ? `line ${line}` : `${file} line ${line}`;
    const code = file === '' ? lines[line - 1] : undefined;
    const excerpt = code === undefined ? [] : [`    ${code}`, `    ${' '.repeat(Math.max(0, column - 1))}^`];
    return [`TypeScriptError in ${place}: ${message}`, ...excerpt];
  });
  return { ename: 'TypeScriptError', evalue: diagnostics[0]?.message ?? '', traceback };
}

function thrownError(thrown: unknown): CellError {
  if (isInterrupt(thrown)) {
    const evalue = 'the cell was interrupted';
    return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
  }
  if (!(thrown instanceof Error) && !isErrorLike(thrown)) {
    const evalue = inspect(thrown);
    return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
  }
  const ename = thrown.name || 'Error';
  // What they tell is in their words, which are for the user of the library: where in the library they were thrown is not.
  if (plainErrors.has(ename)) return { ename, evalue: thrown.message, traceback: [`${ename}: ${thrown.message}`] };
  return { ename, evalue: thrown.message, traceback: withoutKernelFrames(stripVTControlCharacters(inspect(thrown))) };
}

const plainErrors: ReadonlySet<string> = new Set(['ConfigError', 'ExperimentError', 'InterruptedError', 'DatabaseError']);

/** An error of another realm (vm) is no instance of this one's Error. */
function isErrorLike(value: unknown): value is Error {
  return Object.prototype.toString.call(value) === '[object Error]';
}

function isInterrupt(thrown: unknown): boolean {
  if (!isErrorLike(thrown)) return false;
  return thrown.message === interruptedMessage || ('code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED');
}

const kernelFrame = /^\s+at .*([\\/]tslab[\\/]dist[\\/]|node:vm:|node:internal\/)/;
const ownFolder = pathToFileURL(import.meta.dirname).href;

// A cell's line numbers, and the line that Node shows above an error, are those of the compiled JavaScript, which would mislead.
function withoutKernelFrames(stack: string): string[] {
  return stack
    .replace(/^evalmachine\.<anonymous>:\d+\n[^]*?\n\n/, '')
    .split('\n')
    .filter((line) => !kernelFrame.test(line) && !line.includes(ownFolder))
    .map((line) => line.replaceAll(/evalmachine\.<anonymous>(:\d+)*/g, 'cell'))
    .filter((line, index, lines) => line !== lines[index - 1] || !/^\s+at /.test(line));
}
