import { ColumnTable } from 'arquero';

/** A verb of a table was given the name of a column that the table does not have. */
export class ColumnError extends Error {
  override readonly name = 'ColumnError';
}

/** Methods of a table that are given columns by name, or functions that use them. */
const methods = [
  ...(['array', 'get', 'getter', 'values'] as const),
  ...(['assign', 'dedupe', 'derive', 'filter', 'fold', 'groupby', 'impute', 'orderby', 'pivot', 'relocate', 'rename', 'rollup'] as const),
  ...(['select', 'spread', 'unroll'] as const),
];

/** Where Arquero names a column that is not there. Of a name that was given as a text it drops the first characters. */
const messages = [/^Invalid column reference[^:]*: "([^]*)"$/, /^Unrecognized column: ([^]*)$/];

/**
 * From now on a table that is asked for a column it does not have says which one, and which there are.
 *
 * Arquero's own message for `orderby('latency')` is `Invalid column reference: "y"`, for `array('latency')` a TypeError.
 */
export function nameMissingColumns(): void {
  const prototype = ColumnTable.prototype as unknown as Record<string, (...values: unknown[]) => unknown>;
  for (const method of methods) {
    const original = prototype[method];
    if (original === undefined) continue;
    Object.defineProperty(prototype, method, {
      configurable: true,
      writable: true,
      value(this: ColumnTable, ...values: unknown[]): unknown {
        try {
          return original.apply(this, values);
        } catch (error) {
          const missing = missingColumn(error, values, this.columnNames());
          if (missing === undefined) throw error;
          throw new ColumnError(
            `${method}: expected a column of the table (${this.columnNames().join(', ')}), got ${JSON.stringify(missing)}`,
          );
        }
      },
    });
  }
}

function missingColumn(error: unknown, values: readonly unknown[], columns: readonly string[]): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const given = textsIn(values).filter((text) => !columns.includes(text));
  if (error instanceof TypeError) return typeof values[0] === 'string' ? given.find((text) => text === values[0]) : undefined;
  const snippet = messages.map((message) => message.exec(error.message)?.[1]).find((found) => found !== undefined);
  if (snippet === undefined) return undefined;
  // As in `d.name` and `d["name"]`, where a function uses it.
  const used = /^\w+\.([\w$]+)$/.exec(snippet)?.[1] ?? /^\w+\["(.*)"\]$/.exec(snippet)?.[1];
  return used ?? given.find((text) => text.endsWith(snippet)) ?? snippet;
}

/** The texts in the arguments of a verb: names of columns, also in lists, in objects and in `desc('name')`. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
