import { isExperiment } from './cards.ts';
import { type ShowOptions, briefly, hasRichForm, toRichOutput, toText } from './mime-bundle.ts';
import { printable } from './printable.ts';
import { displayBundle, inNotebook } from './notebook-display.ts';

/** Of a list of tables, plots and so on, each an output of its own. */
const maxOutputs = 12;

/**
 * Shows a table, plot, experiment, config, summary or any other value: in a notebook as one rich output of the cell that runs, in a
 * script as text on stdout.
 *
 * A list of experiments, of configs or of rows is one table; of a list of tables and plots each is shown, twelve at most. What is long is cut.
 * Works without waiting, so the output is in its cell, and in its place among the others, when the call returns; an error in a
 * plot's specification is thrown here.
 */
export function show(value: unknown, options: ShowOptions = {}): void {
  const parts = partsOf(value);
  if (parts) {
    for (const part of parts.slice(0, maxOutputs)) show(part, options);
    if (parts.length > maxOutputs) show(`${maxOutputs} of ${parts.length} shown`);
  } else if (inNotebook()) {
    const { data, metadata } = toRichOutput(value, options) ?? { data: { 'text/plain': toText(value, options) }, metadata: {} };
    displayBundle(data, { metadata });
  } else {
    process.stdout.write(`${printable(toText(value, options))}\n`);
  }
}

/** The members of a list whose every member is shown for itself; undefined for any other value. */
export function partsOf(value: unknown): readonly unknown[] | undefined {
  const isListOfParts =
    Array.isArray(value) && value.length > 0 && value.every((part) => briefly(part) !== undefined && !isExperiment(part));
  return isListOfParts ? value : undefined;
}

/** True when `show` has more to offer for `value` than its text. */
export function isRich(value: unknown): boolean {
  return partsOf(value) !== undefined || hasRichForm(value);
}
