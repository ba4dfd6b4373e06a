import { formatFigure } from '../analysis/figure-units.ts';
import { type Gate, gateOutcome, gateResults, titleOf } from '../analysis/gate.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary, SummaryOf } from '../analysis/summary.ts';
import { plural } from '../analysis/format-figure.ts';
import { findFigure } from '../analysis/figures.ts';
import type { ThresholdOutcome, ThresholdResult } from '../analysis/threshold-results.ts';
import { markdownText } from './document-markdown.ts';
import { printableLine } from './printable.ts';
import { resultWords, thresholdCounts } from './sections/thresholds.ts';

const signs: Readonly<Record<ThresholdOutcome, string>> = { passed: '✅ passed', failed: '❌ failed', inconclusive: '⚠️ inconclusive' };

/** What a reader wants beside the thresholds. */
const shownFigures = [
  'response.p50',
  'response.p99',
  'throughput.tasksPerSecond',
  'tasks.finished',
  'tasks.lost',
  'scheduler.rssBytesPeak',
];

/** A gate as Markdown, for a pull request or a job's summary: the outcome, a table of the thresholds, the main figures and what limited each experiment. */
export function gateMarkdown(gate: Gate): string {
  const results = gateResults(gate);
  const outcome = gateOutcome(gate);
  const summaries = gate.experiments.map(summaryOf);
  const isSeries = summaries.length > 1;
  const rows = [
    ...summaries.flatMap((summary, index) => summary.thresholds.map((result) => resultRow(result, isSeries ? `${index + 1}` : undefined))),
    ...gate.comparisons.flatMap(({ results: relative }) => relative.map((result) => resultRow(result, isSeries ? 'all' : undefined))),
  ];
  return [
    `### ${outcome === undefined ? '' : `${signs[outcome].split(' ')[0]} `}orchlab: ${markdownText([...new Set(gate.experiments.map(titleOf))].join(', '))}${outcome === undefined ? '' : `: ${thresholdCounts(results)}`}`,
    '',
    ...(rows.length > 0 ? [table(['', 'threshold', 'measured', ...(isSeries ? ['experiment'] : [])], rows), ''] : []),
    ...gate.comparisons
      .filter(({ baseline }) => baseline !== '')
      .flatMap(({ title, baseline, baselineExperiments }) => [
        markdownText(`Baseline of ${title}: ${baseline} (${plural(baselineExperiments.length, 'experiment')}).`),
        '',
      ]),
    table(
      [isSeries ? '#' : '', 'experiment', ...shownFigures.map((name) => findFigure(name).title)],
      summaries.map((summary, index) => figureRow(summary, isSeries ? String(index + 1) : '')),
    ),
    '',
    ...summaries.map((summary, index) => `${isSeries ? `${index + 1}. ` : ''}${markdownText(ending(summary) + summary.verdict.sentence)}`),
    '',
  ].join('\n');
}

function resultRow(result: SummaryOf<ThresholdResult>, experiment: string | undefined): readonly string[] {
  return [
    signs[result.outcome],
    `\`${printableLine(result.threshold)}\``,
    markdownText(resultWords(result)),
    ...(experiment === undefined ? [] : [experiment]),
  ];
}

function figureRow(summary: Summary, index: string): readonly string[] {
  const figures = shownFigures.map((name) => formatFigure(summary.figures[name] ?? Number.NaN, findFigure(name).unit));
  return [index, markdownText(summary.name), ...figures];
}

function ending({ status, reason }: Summary): string {
  return status === 'done' ? '' : `It ended as ${status}${reason === undefined ? '' : ` (${reason})`}. `;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
