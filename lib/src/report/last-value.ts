import { ColumnTable } from 'arquero';
import { inspect } from 'node:util';
import { plotPrototype } from '../plots/plot.ts';
import { experimentPrototype } from '../results/experiment.ts';
import { seriesPrototype } from '../results/series.ts';
import { briefly, toText } from './mime-bundle.ts';
import { inNotebook } from './notebook-display.ts';
import { isRich, show } from './show.ts';

const kernelFrame = /[\\/]tslab[\\/]dist[\\/]executor\.js/;
const cellFrame = /\bevalmachine\b/;

/** Where orchlab's kernel looks for who shows a cell's last value; it takes false for "not me". */
const kernelHook = Symbol.for('orchlab.showLastValue');

/**
 * Makes a cell's last value rich when it is anything that `show` has more than text for. Does nothing outside a notebook.
 *
 * orchlab's kernel asks. Stock tslab prints a cell's last value with `console.log`, which asks the value how to be inspected: there
 * a table, a plot and an experiment are shown instead. A `console.log` written in the cell, which has the cell's own code on the
 * stack, keeps printing text.
 */
export function enableRichLastValues(): void {
  if (!inNotebook()) return;
  Object.defineProperty(globalThis, kernelHook, { configurable: true, value: showLastValue });
  for (const prototype of [ColumnTable.prototype, plotPrototype, experimentPrototype, seriesPrototype]) {
    Object.defineProperty(prototype, inspect.custom, {
      configurable: true,
      enumerable: false,
      value(this: object, depth: number, options: { readonly depth?: number | null }) {
        if (depth !== options.depth) return briefly(this) ?? '';
        if (!isLastValue()) return toText(this);
        show(this);
        swallowLineBreak();
        return '';
      },
    });
  }
}

function showLastValue(value: unknown): boolean {
  if (!isRich(value)) return false;
  show(value);
  return true;
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
