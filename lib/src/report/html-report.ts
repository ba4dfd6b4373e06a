import { stringify } from 'yaml';
import { damageWords } from '../analysis/damage.ts';
import { latencyOf } from '../analysis/latency.ts';
import { metricsOf } from '../analysis/engine-metrics.ts';
import { resourcesOf } from '../analysis/resources.ts';
import { summarize } from '../analysis/summarize.ts';
import type { Summary } from '../analysis/summary.ts';
import type { Plot } from '../plots/plot.ts';
import { describeLoad } from '../plots/plot-frame.ts';
import { plotHost } from '../plots/plot-host.ts';
import { plotLatency } from '../plots/plot-latency.ts';
import { plotLatencyEcdf } from '../plots/plot-latency-ecdf.ts';
import { plotLatencyOverTime } from '../plots/plot-latency-over-time.ts';
import { plotMetrics } from '../plots/plot-metrics.ts';
import { plotPostgres } from '../plots/plot-postgres.ts';
import { plotResources } from '../plots/plot-resources.ts';
import { plotScheduleLag } from '../plots/plot-schedule-lag.ts';
import { plotTaskStates } from '../plots/plot-task-states.ts';
import { plotThroughput } from '../plots/plot-throughput.ts';
import type { Experiment } from '../results/experiment.ts';
import { htmlTable } from './html-table.ts';
import { environmentFacts, factsTable, ledgerTable, safeText, summaryCards } from './report-figures.ts';
import { reportScript } from './report-script.ts';
import { reportStyle } from './report-style.ts';
import { thresholdSection } from './threshold-section.ts';
import { unsaid } from './verdict-paragraph.ts';
import { verdictSection } from './verdict-section.ts';
import { scriptJson, vegaBundle } from './vega-bundle.ts';

const plotFunctions = {
  'latency-by-phase': plotLatency,
  'latency-distribution': plotLatencyEcdf,
  'latency-over-time': (experiment: Experiment) => plotLatencyOverTime(experiment),
  throughput: plotThroughput,
  'schedule-lag': plotScheduleLag,
  resources: plotResources,
  'task-states': plotTaskStates,
  postgres: plotPostgres,
  host: plotHost,
  metrics: plotMetrics,
} as const satisfies Readonly<Record<string, (experiment: Experiment) => Plot>>;

type PlotName = keyof typeof plotFunctions;

interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/**
 * An experiment as one self-contained HTML page (about 1 MB): figures, ledger, interactive plots, config and environment.
 *
 * The page loads nothing from anywhere, follows the reader's dark or light preference, prints, and holds neither absolute paths nor
 * secrets. Works for experiments that failed early: what is missing says so.
 */
export function htmlReport(experiment: Experiment): string {
  const summary = summarize(experiment);
  const plots: Partial<Record<PlotName, Plot>> = {};
  const sections = reportSections(experiment, summary, (name) => figure(name, (plots[name] = plotFunctions[name](experiment))));
  const title = safeText(experiment.manifest.name);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<title>${title}</title>
<style>${reportStyle}</style>
</head>
<body>
<header>
<h1>${safeText(summary.config)} on ${safeText(`${summary.target.name} ${summary.target.version}`)} ${statusBadge(summary)}</h1>
<p class="muted">${safeText(describeLoad(experiment))}</p>
${statusLine(summary)}
<nav>${sections.map(({ id, title: name }) => `<a href="#${id}">${name}</a>`).join('')}</nav>
</header>
<main>
${sections.map(({ id, title: name, html }) => `<section id="${id}"><h2>${name}</h2>\n${html}</section>`).join('\n')}
</main>
<footer>Made by orchlab ${safeText(experiment.manifest.versions['orchlab'] ?? '')} from experiment ${title}. Times are UTC; MB and GB are 10<sup>6</sup> and 10<sup>9</sup> bytes. In plots: hover for values, click a legend entry to see it alone, drag to move in time, ctrl and wheel to zoom, double click to reset.</footer>
<script type="application/json" id="plots">${scriptJson(plots)}</script>
<script>${vegaBundle()}</script>
<script>${reportScript}</script>
</body>
</html>
`;
}

/** Whatever a plot or a browser extension of it may try: the page gets nothing from a network. vega compiles expressions, hence eval. */
const contentPolicy =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

/** In the order in which one asks. */
function reportSections(experiment: Experiment, summary: Summary, plot: (name: PlotName) => string): readonly Section[] {
  const { name: _, ...config } = experiment.manifest.config;
  const tableOf = (table: Parameters<typeof htmlTable>[0]): string => `<div class="scroll">${htmlTable(table)}</div>`;
  return [
    { id: 'summary', title: 'Summary', html: summaryCards(summary) },
    ...(summary.thresholds.length === 0 ? [] : [{ id: 'thresholds', title: 'Thresholds', html: thresholdSection(summary) }]),
    { id: 'ledger', title: 'Ledger', html: ledgerTable(summary) },
    { id: 'verdict', title: 'Verdict', html: verdictSection(summary) },
    {
      id: 'latency',
      title: 'Response time and latency',
      html: `${tableOf(latencyOf(experiment))}${plot('latency-by-phase')}${plot('latency-distribution')}${plot('latency-over-time')}`,
    },
    { id: 'throughput', title: 'Throughput', html: `${plot('throughput')}${plot('schedule-lag')}` },
    { id: 'resources', title: 'Resources', html: `${tableOf(resourcesOf(experiment))}${plot('resources')}` },
    { id: 'task-states', title: 'Task states', html: plot('task-states') },
    { id: 'postgres', title: 'Postgres', html: `${plot('postgres')}${slowestStatements(experiment)}` },
    { id: 'host', title: 'Host', html: plot('host') },
    ...(summary.metrics.figures.length === 0
      ? []
      : [{ id: 'metrics', title: 'Scheduler metrics', html: `${tableOf(metricsOf(experiment))}${plot('metrics')}` }]),
    { id: 'config', title: 'Config', html: `<pre>${safeText(stringify(config).trimEnd())}</pre>` },
    { id: 'environment', title: 'Environment', html: factsTable(environmentFacts(experiment)) },
    { id: 'status', title: 'Status and warnings', html: statusHtml(summary) },
  ];
}

/** The statements that took most of the database's time; a word where there are none. */
function slowestStatements({ statements }: Experiment): string {
  if (statements.numRows() === 0) return '<p class="muted">Statements are not known: the server has no pg_stat_statements.</p>';
  return `<h3>Slowest statements in total</h3><div class="scroll">${htmlTable(statements, { limit: 10 })}</div>`;
}

/** The plot's title as a caption, where it wraps; what the page says anyway (the first line of the subtitle) is left out. */
function figure(name: PlotName, plot: Plot): string {
  const title = plot.title as { readonly text: string | readonly string[]; readonly subtitle: readonly string[] };
  const notes = title.subtitle.slice(1).map((note) => `<small>${safeText(note)}</small>`);
  return `<figure><figcaption>${safeText([title.text].flat().join(' '))}${notes.join('')}</figcaption><div class="plot" data-plot="${name}"><noscript>Plots need JavaScript.</noscript></div></figure>`;
}

function statusBadge({ status, damage }: Summary): string {
  const words = damage === null ? status : `${status}, damaged`;
  return `<span class="status ${words === 'done' ? 'good' : 'bad'}">${safeText(words)}</span>`;
}

function statusLine({ reason, warnings, damage }: Summary): string {
  const why = reason === undefined ? '' : `<p class="bad">${safeText(reason)}</p>`;
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  const damaged = damage === null ? '' : `<p class="bad">${safeText(`Careful: ${damageWords(damage)}.`)}</p>`;
  return `${why}${damaged}${warnings.length > 0 ? `<p><a href="#status">${count}</a></p>` : ''}`;
}

function statusHtml({ status, reason, warnings, verdict }: Summary): string {
  const others = unsaid(verdict.notes, warnings);
  const meaning = status === 'running' ? 'running: it still ran when this page was written, or was killed' : status;
  const list =
    others.length === 0 ? '<p>No warnings.</p>' : `<ul>${others.map((warning) => `<li>${safeText(warning)}</li>`).join('')}</ul>`;
  return `<p>Status: ${safeText(meaning)}${reason === undefined ? '' : `. ${safeText(reason)}`}</p>${list}`;
}
