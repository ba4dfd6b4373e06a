import { ColumnTable } from 'arquero';
import { inspect } from 'node:util';
import { plotPrototype } from '../plots/plot.ts';
import { experimentPrototype } from '../results/experiment.ts';
import { toText } from './mime-bundle.ts';
import { inNotebook } from './notebook-display.ts';
import { show } from './show.ts';

const kernelFrame = /[\\/]tslab[\\/]dist[\\/]executor\.js/;
const cellFrame = /\bevalmachine\b/;

/**
 * Makes a cell's last value rich when it is a table, a plot or an experiment. Does nothing outside a notebook.
 *
 * tslab prints a cell's last value with `console.log`, which asks the value how to be inspected: there it is shown instead. A
 * `console.log` written in the cell, which has the cell's own code on the stack, keeps printing text.
 */
export function enableRichLastValues(): void {
  if (!inNotebook()) return;
  for (const prototype of [ColumnTable.prototype, plotPrototype, experimentPrototype]) {
    Object.defineProperty(prototype, inspect.custom, {
      configurable: true,
      enumerable: false,
      value(this: object, depth: number, options: { readonly depth?: number | null }) {
        if (depth !== options.depth || !isLastValue()) return toText(this);
        show(this);
        swallowLineBreak();
        return '';
      },
    });
  }
}

function isLastValue(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const { stack = '' } = new Error('where from?');
  Error.stackTraceLimit = limit;
  return kernelFrame.test(stack) && !cellFrame.test(stack);
}

/** `console.log` of an empty text still ends its line: the next write, if it is only that, is left out. */
function swallowLineBreak(): void {
  const { stdout } = process;
  const original: typeof stdout.write = stdout.write.bind(stdout);
  const write = (...parameters: Parameters<typeof original>): boolean => {
    stdout.write = original;
    return parameters[0] === '\n' || original(...parameters);
  };
  stdout.write = write as typeof original;
}
