import { table } from 'arquero';
import type { Summary } from '../analysis/summary.ts';
import { phases } from '../results/phases.ts';
import { formatNumber } from './column-format.ts';
import { escapeHtml } from './html-escape.ts';
import { htmlTable } from './html-table.ts';
import { unsaidReasons, verdictParagraphHtml } from './verdict-paragraph.ts';

/** True for what `summarize` returns. */
export function isSummary(value: unknown): value is Summary {
  return (
    typeof value === 'object' && value !== null && ['latencySeconds', 'throughput', 'tasksPerRun', 'scheduler'].every((key) => key in value)
  );
}

/** An experiment's figures as HTML: how its tasks ended, its rates, its phases as a table, what its processes took. */
export function summaryHtml(summary: Summary): string {
  const { tasks, throughput, target } = summary;
  const head = `<b>${escapeHtml(summary.config)}</b> on ${escapeHtml(`${target.name} ${target.version}`.trimEnd())}: ${escapeHtml(summary.damage === null ? summary.status : `${summary.status}, damaged`)}`;
  const facts = [
    `${formatNumber(tasks.finished)} of ${formatNumber(tasks.submitted)} tasks finished`,
    `${amount(throughput.tasksPerSecond)} tasks/s`,
    `${amount(summary.durationSeconds)} s in all`,
  ].join(', ');
  return [
    `<div class="orchlab-summary"><div>${head}</div><div>${facts}</div>`,
    verdictParagraphHtml(summary.verdict, unsaidReasons(summary.verdict, summary)),
    htmlTable(phaseTable(summary)),
    htmlTable(roleTable(summary)),
    '</div>',
  ].join('');
}

function phaseTable(summary: Summary) {
  const rows = phases.map(({ name }) => summary[`${name}Seconds`]);
  const column = (name: 'avg' | 'min' | 'p50' | 'p90' | 'p99' | 'max'): number[] => rows.map((row) => row[name] ?? Number.NaN);
  return table({
    phase: phases.map(({ title }) => title),
    avgSeconds: column('avg'),
    minSeconds: column('min'),
    p50Seconds: column('p50'),
    p90Seconds: column('p90'),
    p99Seconds: column('p99'),
    maxSeconds: column('max'),
  });
}

function roleTable(summary: Summary) {
  const { scheduler, workers, postgres, driver, sampler } = summary;
  const roles = Object.entries({ scheduler, workers, ...summary.roles, postgres, driver, sampler });
  const column = (name: 'rssBytesPeak' | 'rssBytesGrowth' | 'cpuSeconds' | 'cpuRatioMean'): number[] =>
    roles.map(([, figures]) => figures[name] ?? Number.NaN);
  return table({
    processes: roles.map(([role]) => role),
    rssBytesPeak: column('rssBytesPeak'),
    rssBytesGrowth: column('rssBytesGrowth'),
    cpuSeconds: column('cpuSeconds'),
    cpuRatioMean: column('cpuRatioMean'),
  });
}

function amount(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}
