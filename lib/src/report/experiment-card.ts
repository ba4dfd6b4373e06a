import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { damageOf, warningsOf } from '../analysis/damage.ts';
import { formatFigure } from '../analysis/figure-units.ts';
import { figureOf, findFigure } from '../analysis/figures.ts';
import { ledger } from '../analysis/ledger.ts';
import { verdict } from '../analysis/verdict.ts';
import type { Experiment } from '../results/experiment.ts';
import { formatNumber } from './column-format.ts';
import { escapeHtml } from './html-escape.ts';
import { type VerdictParagraph, unsaidReasons, verdictParagraphHtml, verdictTextLines } from './verdict-paragraph.ts';
import { shownDirectory } from './report-figures.ts';

/** An experiment in a few lines, as label and value. */
interface Card {
  readonly title: string;
  readonly status: string;
  readonly reason?: string;
  readonly figures: readonly (readonly [label: string, value: string])[];
  readonly verdict: VerdictParagraph;
  readonly warnings: readonly string[];
  readonly directory: string;
}

function toCard(experiment: Experiment): Card {
  const { manifest } = experiment;
  const tasks = ledger(experiment);
  const shown = (name: string): readonly [string, string] => {
    const { title, unit } = findFigure(name);
    return [title, formatFigure(figureOf(experiment, name), unit)];
  };
  return {
    title: `${manifest.config.name} on ${manifest.target.name} ${manifest.target.version}`.trimEnd(),
    status: damageOf(experiment) ? `${manifest.status}, damaged` : manifest.status,
    ...(manifest.reason !== undefined && manifest.status !== 'interrupted' && { reason: manifest.reason }),
    figures: [
      ['tasks', `${formatNumber(tasks.finished)} of ${formatNumber(tasks.submitted)} finished`],
      ['failed, cancelled, lost', [tasks.failed, tasks.cancelled, tasks.lost].map(formatNumber).join(', ')],
      ...(tasks.duplicates || tasks.ghosts
        ? ([['duplicates, ghosts', [tasks.duplicates ?? 0, tasks.ghosts ?? 0].map(formatNumber).join(', ')]] as const)
        : []),
      shown('throughput.tasksPerSecond'),
      shown('response.p50'),
      // Of few tasks the slowest says what a p99 would only seem to.
      shown(Number.isNaN(figureOf(experiment, 'response.p99')) ? 'response.max' : 'response.p99'),
      shown('duration'),
    ],
    verdict: verdict(experiment),
    warnings: warningsOf(experiment),
    directory: shownDirectory(experiment),
  };
}

/** An experiment in a few lines of text. */
export function experimentText(experiment: Experiment): string {
  const card = toCard(experiment);
  const width = Math.max(...card.figures.map(([label]) => label.length));
  return [
    `Experiment ${experiment.name}: ${card.title}, ${card.status}${card.reason === undefined ? '' : ` (${card.reason})`}`,
    ...card.figures.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    ...verdictTextLines(card.verdict, card.warnings).map((line) => `  ${line}`),
    `  ${'files'.padEnd(width)}  ${card.directory}`,
  ].join('\n');
}

const statusColors: Readonly<Record<string, string>> = { done: '#2e8540', running: '#1f6fb4' };

/** An experiment as a small HTML card, in the colours of the page around it. */
export function experimentHtml(experiment: Experiment): string {
  const card = toCard(experiment);
  const color = statusColors[card.status] ?? '#c0392b';
  const figures = card.figures.map(
    ([label, value]) =>
      `<div style="margin-right:1.6em"><div style="opacity:.65;font-size:85%">${escapeHtml(label)}</div><div><b>${escapeHtml(value)}</b></div></div>`,
  );
  return [
    `<div class="orchlab-card" style="border-left:4px solid ${color};padding:.3em .9em;margin:.3em 0">`,
    `<div><b>${escapeHtml(card.title)}</b> <span style="color:${color}">${escapeHtml(card.status)}</span></div>`,
    `<div style="display:flex;flex-wrap:wrap;margin:.4em 0">${figures.join('')}</div>`,
    verdictParagraphHtml(card.verdict, unsaidReasons(card.verdict, card)),
    `<div style="opacity:.65;font-size:85%">${escapeHtml(card.directory)}${reportLink(experiment)}${openHint(experiment)}</div></div>`,
  ].join('');
}

/** Relative to the notebook, where Jupyter looks for it; taken out of executed notebooks that go elsewhere (normalize-notebook.ts). */
function reportLink({ directory }: Experiment): string {
  if (!existsSync(join(directory, 'report.html'))) return '';
  const path = relative(process.cwd(), directory).split(sep).map(encodeURIComponent).join('/');
  return ` · <a class="orchlab-link" href="${escapeHtml(`${path}/report.html`)}" target="_blank">report.html</a>`;
}

/** A cell that failed declares nothing: this is how the next one gets at what was sampled. */
function openHint({ name, manifest }: Experiment): string {
  if (manifest.status === 'done' || manifest.status === 'running') return '';
  return ` · what was sampled is kept: <code>await findExperiment('${escapeHtml(name)}')</code>`;
}
