import { formatFigure } from '../analysis/figure-units.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary, SummaryOf } from '../analysis/summary.ts';
import { findFigure } from '../analysis/figures.ts';
import type { ThresholdOutcome, ThresholdResult } from '../analysis/threshold-results.ts';
import { type Gate, experimentTitle, outcomeOf, resultsOf } from './gate.ts';
import { printableLine } from './printable.ts';
import { redact } from './redact.ts';
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
  const results = resultsOf(gate);
  const outcome = outcomeOf(gate);
  const summaries = gate.experiments.map(summaryOf);
  const isSeries = summaries.length > 1;
  const rows = [
    ...summaries.flatMap((summary, index) => summary.thresholds.map((result) => resultRow(result, isSeries ? `${index + 1}` : undefined))),
    ...(gate.comparison?.results ?? []).map((result) => resultRow(result, isSeries ? 'all' : undefined)),
  ];
  return [
    `### ${outcome === undefined ? '' : `${signs[outcome].split(' ')[0]} `}orchlab: ${title(summaries)}${outcome === undefined ? '' : `: ${thresholdCounts(results)}`}`,
    '',
    ...(rows.length > 0 ? [table(['', 'threshold', 'measured', ...(isSeries ? ['experiment'] : [])], rows), ''] : []),
    ...(gate.comparison
      ? [`Baseline: ${cell(gate.comparison.baseline)} (${gate.comparison.experiments} experiments), compared by experiment.`, '']
      : []),
    table(
      [isSeries ? '#' : '', 'experiment', ...shownFigures.map((name) => findFigure(name).title)],
      summaries.map((summary, index) => figureRow(summary, isSeries ? String(index + 1) : '')),
    ),
    '',
    ...summaries.map((summary, index) => `${isSeries ? `${index + 1}. ` : ''}${cell(ending(summary) + summary.verdict.sentence)}`),
    '',
  ].join('\n');
}

function title(summaries: readonly Summary[]): string {
  return cell([...new Set(summaries.map(experimentTitle))].join(', '));
}

function resultRow(result: SummaryOf<ThresholdResult>, experiment: string | undefined): readonly string[] {
  return [
    signs[result.outcome],
    `\`${printableLine(result.threshold)}\``,
    cell(resultWords(result)),
    ...(experiment === undefined ? [] : [experiment]),
  ];
}

function figureRow(summary: Summary, index: string): readonly string[] {
  const figures = shownFigures.map((name) => formatFigure(summary.figures[name] ?? Number.NaN, findFigure(name).unit));
  return [index, cell(summary.name), ...figures];
}

function ending({ status, reason }: Summary): string {
  return status === 'done' ? '' : `It ended as ${status}${reason === undefined ? '' : ` (${reason})`}. `;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that no renderer takes for markup, on one line. */
function cell(text: string): string {
  return redact(printableLine(text)).replaceAll(/[\\|<>*_`[\]]/g, String.raw`\$&`);
}
