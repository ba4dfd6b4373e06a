import { describe, expect, test } from 'vitest';
import { longestStall } from '../../src/analysis/stall.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { verdictOf } from '../../src/analysis/verdict.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { toRichOutput, toText } from '../../src/report/mime-bundle.ts';
import { textTargets } from '../../src/report/text-targets.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { evenly, queueExperiment } from '../support/queue.ts';

const warning = 'The engine has no option of that name.';
const stalled = queueExperiment({ places: 20, serviceMs: 20, dueMs: evenly(50, 0, 15), stall: { fromMs: 7000, toMs: 9000 } });
const { sentence, notes } = verdictOf(stalled);
// A warning that a note has already said is not said again.
const warnings = [warning, ...notes.slice(0, 1)];
const experiment = { ...stalled, manifest: { ...stalled.manifest, warnings } };
const summary = summarize(experiment);
const html = (value: unknown): string => String(toRichOutput(value)?.data['text/html']);

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('a stall stands once wherever the sentence does', () => {
  const stall = 'A stall: no task was dispatched, started or ended from';

  test.each([
    ['the card of an experiment, as text', () => toText(experiment)],
    ['the card of an experiment', () => html(experiment)],
    ['a summary, as text', () => textSummary(summary)],
    ['a summary', () => html(summary)],
    ['a verdict, as text', () => toText(verdictOf(experiment))],
    ['a verdict', () => html(verdictOf(experiment))],
    ['the report', () => htmlReport(experiment)],
    ['a comparison', () => textTargets([experiment])],
  ])('%s', (_, draw) => {
    expect(longestStall(experiment)?.toSeconds).toBeCloseTo(9, 1);
    const text = draw().replaceAll('&#39;', "'");
    expect(count(text, sentence.slice(0, 60))).toBe(1);
    expect(count(text, stall)).toBe(1);
    for (const note of notes) expect(count(text, note.slice(0, 30))).toBe(1);
    expect(count(text, warning)).toBe(/verdict|comparison/.test(_) ? 0 : 1);
  });
});
