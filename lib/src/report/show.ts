import { type ShowOptions, toRichOutput, toText } from './mime-bundle.ts';
import { displayBundle, inNotebook } from './notebook-display.ts';

/**
 * Shows a table, plot, experiment or any other value: in a notebook as one rich output of the cell that runs, in a script as text
 * on stdout.
 *
 * Works without waiting, so the output is in its cell, and in its place among the others, when the call returns; an error in a
 * plot's specification is thrown here.
 */
export function show(value: unknown, options: ShowOptions = {}): void {
  if (inNotebook()) {
    const { data, metadata } = toRichOutput(value, options) ?? { data: { 'text/plain': toText(value, options) }, metadata: {} };
    displayBundle(data, { metadata });
  } else {
    process.stdout.write(`${toText(value, options)}\n`);
  }
}
