import { inspect, types } from 'node:util';

/** The library, once a cell has imported it, shows values that are more than text; it says false of others. */
const libraryHook = Symbol.for('orchlab.showLastValue');

const inspectOptions = { depth: 3, maxArrayLength: 50, maxStringLength: 2000, breakLength: 120 } as const;
const maxLength = 10_000;

/** Prints a cell's last value, at a length that one reads: a `console.log` of it prints all. */
export function printLastValue(value: unknown): void {
  if (types.isPromise(value)) {
    console.log('A promise: `await` is missing before it. What it becomes is shown once it is written.');
    return;
  }
  const show = (globalThis as { [libraryHook]?: (value: unknown) => boolean })[libraryHook];
  if (show?.(value)) return;
  const text = typeof value === 'string' ? value : inspect(value, inspectOptions);
  const rest = text.length - maxLength;
  console.log(rest > 0 ? `${text.slice(0, maxLength)}\n… ${rest.toLocaleString('en-US')} further characters` : text);
}
