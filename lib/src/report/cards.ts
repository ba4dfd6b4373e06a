import { table as toTable } from 'arquero';
import { threeDigits } from '../analysis/format-figure.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Comparison } from '../analysis/compare-experiments.ts';
import type { HistoryLine } from '../analysis/history.ts';
import type { Summary } from '../analysis/summary.ts';
import type { Verdict } from '../analysis/verdict.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Series } from '../results/series.ts';
import { phases } from '../results/phases.ts';
import { type Block, type Section, type ShownFigure, sentence, table } from './document.ts';
import { blocksHtml } from './document-html.ts';
import { renderText } from './document-text.ts';
import { seriesSections, seriesState } from './series-document.ts';
import { comparisonSections } from './sections/comparison.ts';
import { wholeConfig } from './sections/configuration.ts';
import { historySections } from './sections/history.ts';
import { saidFigure, shownFigure, valueIn } from './sections/figure-text.ts';
import { filesBlock } from './sections/files.ts';
import { growthWords } from './sections/growth.ts';
import { faultsSection } from './sections/faults.ts';
import { regimeBlocks } from './sections/regimes.ts';
import { statusWords } from './sections/status.ts';
import { findingBlocks } from './sections/verdict.ts';

/** What a cell of a notebook shows of a value, or a script prints: a headline, and blocks under it. */
export interface Card {
  /** The class of its HTML. */
  readonly name: string;
  /** Of the bar at its side. Default: grey. */
  readonly color?: string;
  readonly headline: Block;
  readonly blocks: readonly Block[];
}

export function cardText({ headline, blocks }: Card): string {
  return renderText([{ blocks: [headline, { kind: 'indented', blocks }] }]);
}

/** In the colours of the page around it. */
export function cardHtml({ name, color = 'rgba(128,128,128,.5)', headline, blocks }: Card): string {
  return `<div class="${name}" style="border-left:4px solid ${color};padding:.3em .9em;margin:.3em 0">${blocksHtml([headline, ...blocks], 'card')}</div>`;
}

/** The card of an experiment, a series, a summary, a verdict, a comparison, a history or a config; undefined for other values. */
export function cardOf(value: unknown): Card | undefined {
  if (isExperiment(value)) return experimentCard(value);
  if (isSummary(value)) return summaryCard(value);
  if (isVerdict(value)) return verdictCard(value);
  if (isSeries(value)) return seriesCard(value);
  if (isComparison(value)) return sectionsCard('orchlab-comparison', comparisonSections(value));
  if (isHistory(value)) return sectionsCard('orchlab-history', historySections(value));
  return isConfig(value) ? configCard(value) : undefined;
}

/** True for what `openExperiment` and `runExperiment` return. */
export function isExperiment(value: unknown): value is Experiment {
  return hasKeys(value, 'manifest', 'directory', 'processes');
}

/** True for what `openSeries` and `sweep` return. */
export function isSeries(value: unknown): value is Series {
  return hasKeys(value, 'record', 'steps', 'experiments', 'directory');
}

/** True for what `summarize` returns. */
export function isSummary(value: unknown): value is Summary {
  return hasKeys(value, 'latencySeconds', 'throughput', 'tasksPerRun', 'scheduler');
}

/** True for what `verdictOf` returns. */
export function isVerdict(value: unknown): value is Verdict {
  return hasKeys(value, 'limitedBy', 'sentence', 'evidence', 'notes');
}

/** True for what `compareExperiments` returns. */
export function isComparison(value: unknown): value is Comparison {
  return hasKeys(value, 'judged', 'unjudged', 'pairedBy', 'margin');
}

/** True for what `historyOf` returns, unless that is empty. */
export function isHistory(value: unknown): value is readonly HistoryLine[] {
  return Array.isArray(value) && value.length > 0 && value.every((line) => hasKeys(line, 'setup', 'points', 'figures'));
}

/** True for what `loadConfig` and `createConfig` return. */
export function isConfig(value: unknown): value is PerfConfig {
  return hasKeys(value, 'tasks_per_workflow', 'scheduler', 'arrival', 'name');
}

function hasKeys(value: unknown, ...keys: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value);
}

const statusColors: Readonly<Record<string, string>> = { done: '#2e8540', running: '#1f6fb4' };

/** An experiment in a few lines: how it ended, the figures that one looks at first, what limited it, where its files are. */
function experimentCard(experiment: Experiment): Card {
  const summary = summaryOf(experiment);
  const { status, reason, warnings, verdict } = summary;
  const words = statusWords(summary);
  const said = status === 'interrupted' || reason === undefined ? { warnings } : { reason, warnings };
  return {
    name: 'orchlab-card',
    color: statusColors[words] ?? '#c0392b',
    headline: sentence([`Experiment ${experiment.name}: `, { strong: ranOn(summary) }, `, ${words}`]),
    blocks: [
      { kind: 'figures', figures: experimentFigures(summary) },
      ...findingBlocks(verdict, said),
      ...faultsSection(summary).blocks,
      ...regimeBlocks(summary),
      filesBlock(experiment),
    ],
  };
}

function experimentFigures(summary: Summary): readonly ShownFigure[] {
  const { finished, submitted, failed, cancelled, lost, duplicates, ghosts } = summary.tasks;
  const counts = (values: readonly number[]): string => values.map(threeDigits).join(', ');
  return [
    { title: 'tasks', value: `${threeDigits(finished)} of ${threeDigits(submitted)} finished` },
    { title: 'failed, cancelled, lost', value: counts([failed, cancelled, lost]) },
    ...(duplicates || ghosts ? [{ title: 'duplicates, ghosts', value: counts([duplicates ?? 0, ghosts ?? 0]) }] : []),
    shownFigure(summary, 'throughput.tasksPerSecond'),
    shownFigure(summary, 'response.p50'),
    // Of few tasks the slowest says what a p99 would only seem to.
    shownFigure(summary, valueIn(summary, 'response.p99') === null ? 'response.max' : 'response.p99'),
    shownFigure(summary, 'duration'),
  ];
}

/** An experiment's figures: how its tasks ended, its rates, its phases as a table, what its processes took. Its text is `textSummary`. */
function summaryCard(summary: Summary): Card {
  const { tasks, verdict } = summary;
  const shown = [
    `${threeDigits(tasks.finished)} of ${threeDigits(tasks.submitted)} tasks finished`,
    saidFigure(summary, 'throughput.tasksPerSecond'),
    `${saidFigure(summary, 'duration')} in all`,
  ];
  return {
    name: 'orchlab-summary',
    headline: sentence([{ strong: ranOn(summary) }, `: ${statusWords(summary)}`]),
    blocks: [
      sentence(shown.join(', ')),
      ...findingBlocks(verdict, summary),
      ...faultsSection(summary).blocks,
      ...regimeBlocks(summary),
      table(phaseTable(summary)),
      table(roleTable(summary)),
      sentence(`Scheduler RSS: ${growthWords(summary.schedulerRssGrowth)}`),
    ],
  };
}

function ranOn({ config, target }: Summary): string {
  return `${config} on ${target.name} ${target.version}`.trimEnd();
}

function phaseTable(summary: Summary) {
  const column = (statistic: string): number[] => phases.map(({ name }) => valueIn(summary, `${name}.${statistic}`) ?? Number.NaN);
  const statistics = ['avg', 'min', 'p50', 'p90', 'p99', 'max'];
  return toTable({
    phase: phases.map(({ title }) => title),
    ...Object.fromEntries(statistics.map((name) => [`${name}Seconds`, column(name)])),
  });
}

function roleTable(summary: Summary) {
  const roles = ['scheduler', 'workers', ...Object.keys(summary.roles), 'postgres', 'driver', 'sampler'];
  const column = (name: string): number[] => roles.map((role) => valueIn(summary, `${role}.${name}`) ?? Number.NaN);
  const names = ['rssBytesPeak', 'rssBytesGrowth', 'cpuSeconds', 'cpuRatioMean'];
  return toTable({ processes: roles, ...Object.fromEntries(names.map((name) => [name, column(name)])) });
}

/** What limited an experiment, in its sentence and what makes it less certain; the numbers are in `evidence`. */
function verdictCard(verdict: Verdict): Card {
  return { name: 'orchlab-verdict', headline: sentence(['Limited by: ', { strong: verdict.limitedBy }]), blocks: findingBlocks(verdict) };
}

/** The same as in text: the first block is the headline. */
function sectionsCard(name: string, sections: readonly Section[]): Card {
  const [headline, ...blocks] = blocksOf(sections);
  return { name, headline: headline ?? sentence(''), blocks };
}

/** How far a series is, and what came of it, without its plots: they are a cell's own. */
function seriesCard(series: Series): Card {
  return {
    name: 'orchlab-series',
    color: statusColors[series.record.status] ?? '#c0392b',
    headline: sentence([{ strong: seriesState(series) }]),
    blocks: blocksOf(seriesSections(series)).filter(({ kind }) => kind !== 'plot'),
  };
}

/** Sections one after the other, their titles as headings. */
function blocksOf(sections: readonly Section[]): readonly Block[] {
  return sections
    .filter(({ blocks }) => blocks.length > 0)
    .flatMap(({ title, blocks }): readonly Block[] => (title === undefined ? blocks : [{ kind: 'heading', text: title }, ...blocks]));
}

/** What an experiment with this config does. */
function configCard(config: PerfConfig): Card {
  return {
    name: 'orchlab-config',
    headline: sentence(['Config ', { strong: config.name }, ` on ${config.target}`]),
    blocks: wholeConfig(config),
  };
}
