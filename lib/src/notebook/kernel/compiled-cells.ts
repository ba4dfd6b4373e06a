import { SourceMap } from 'node:module';
import vm from 'node:vm';
import { typescript } from './tslab-internals.ts';

/** A place in a cell as it was typed: lines and columns count from 1. */
export interface CellPlace {
  /** The cell's execution count. */
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  /** The text of that line. */
  readonly code: string;
}

interface CompiledCell {
  readonly source: string;
  /** Characters that tslab puts before the compiled code, on its first line. */
  readonly prefixLength: number;
  /** From what ran back to the modules that TypeScript made of the cell, and from those to the cell. */
  readonly maps: readonly SourceMap[];
}

const inlineMap = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;
/** tslab compiles a cell with this line before it. */
const linesBeforeCell = 1;
const fileOf = (cell: number): string => `evalmachine.cell-${cell}`;

/**
 * Remembers what became of each cell when it was compiled, so that a place in a stack can be told in the words of the cell.
 *
 * tslab compiles a cell twice (TypeScript to modules, modules to CommonJS) and drops the source maps of both. This asks for them, and
 * gives what runs a file name for each cell. To be called once, before tslab makes its converters.
 */
export class CompiledCells {
  readonly #cells = new Map<number, CompiledCell>();
  #current = { cell: 0, source: '' };
  #compiled: { readonly text: string; readonly maps: readonly SourceMap[] } | undefined;

  constructor() {
    const { createWatchCompilerHost, transpileModule } = typescript;
    typescript.createWatchCompilerHost = (files, options, ...rest) =>
      createWatchCompilerHost(files, { ...options, inlineSourceMap: true }, ...rest);
    typescript.transpileModule = (input, options) => {
      const output = transpileModule(input, { ...options, compilerOptions: { ...options.compilerOptions, sourceMap: true } });
      const text = output.outputText.replace(/\/\/# sourceMappingURL=\S*\s*$/, '');
      const first = inlineMap.exec(input)?.[1];
      const payloads = [output.sourceMapText, first === undefined ? undefined : Buffer.from(first, 'base64').toString()];
      const maps = payloads.filter((payload) => payload !== undefined).map((payload) => new SourceMap(JSON.parse(payload) as never));
      this.#compiled = { text, maps };
      return { ...output, outputText: text };
    };
    const runInThisContext = vm.runInThisContext.bind(vm);
    vm.runInThisContext = (code, options) => {
      const compiled = this.#compiled;
      const start = compiled && compiled.text !== '' ? code.indexOf(compiled.text) : -1;
      if (compiled === undefined || start < 0) return runInThisContext(code, options) as unknown;
      const { cell, source } = this.#current;
      this.#cells.set(cell, { source, prefixLength: start, maps: compiled.maps });
      return runInThisContext(code, { ...(typeof options === 'object' ? options : {}), filename: fileOf(cell) }) as unknown;
    };
  }

  /** To be called before a cell is executed. */
  begin(cell: number, source: string): void {
    this.#current = { cell, source };
    this.#compiled = undefined;
  }

  /** The place that a line of a stack names, as `file:line:column`; undefined when it is in no cell. */
  placeIn(stackLine: string): CellPlace | undefined {
    const [, cell, line, column] = /evalmachine\.cell-(\d+):(\d+):(\d+)/.exec(stackLine) ?? [];
    const compiled = this.#cells.get(Number(cell));
    if (compiled === undefined) return undefined;
    const start = { line: Number(line) - 1, column: Number(column) - 1 - (line === '1' ? compiled.prefixLength : 0) };
    const place = compiled.maps.reduce<typeof start | undefined>((from, map) => {
      const entry = from && map.findEntry(from.line, from.column);
      return entry && 'originalLine' in entry ? { line: entry.originalLine, column: entry.originalColumn } : undefined;
    }, start);
    const code = place && compiled.source.split('\n')[place.line - linesBeforeCell];
    if (place === undefined || code === undefined) return undefined;
    return { cell: Number(cell), line: place.line - linesBeforeCell + 1, column: place.column + 1, code };
  }
}
