import { stringify } from 'yaml';
import { damageWords } from '../analysis/damage.ts';
import { plural } from '../analysis/format-figure.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary } from '../analysis/summary.ts';
import { describeLoad } from '../plots/plot-frame.ts';
import { plotHost } from '../plots/plot-host.ts';
import { plotTaskStates } from '../plots/plot-task-states.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Section } from './document.ts';
import { blocksHtml } from './document-html.ts';
import { safeText } from './html-text.ts';
import { reportScript } from './report-script.ts';
import { reportStyle } from './report-style.ts';
import { backlogWithPlot } from './sections/backlog.ts';
import { baselineSection } from './sections/baseline.ts';
import { bystanderPlots } from './sections/bystander.ts';
import { ceilingsSection } from './sections/ceilings.ts';
import { databasePlots } from './sections/database.ts';
import { engineMetricPlots } from './sections/engine-metrics.ts';
import { environmentSection } from './sections/environment.ts';
import { faultsWithFigures } from './sections/faults.ts';
import { firstFigures } from './sections/first-figures.ts';
import { idleWithPlot } from './sections/idle.ts';
import { latencyPlots } from './sections/latency.ts';
import { ledgerWithShares } from './sections/ledger.ts';
import { regimesSection } from './sections/regimes.ts';
import { resourcePlots } from './sections/resources.ts';
import { latenessPlots } from './sections/lateness.ts';
import { periodicPlots } from './sections/periodic.ts';
import { shapePlots } from './sections/shape.ts';
import { workflowPlots } from './sections/workflows.ts';
import { statusAndWarnings, statusWords } from './sections/status.ts';
import { thresholdsSection } from './sections/thresholds.ts';
import { throughputPlots } from './sections/throughput.ts';
import { workPlots } from './sections/work.ts';
import { verdictWithEvidence } from './sections/verdict.ts';
import { scriptJson, vegaBundle } from './vega-bundle.ts';

/** In the order in which one asks; one that has nothing to say returns no blocks. Each may take the summary or the experiment itself. */
const sections: readonly ((summary: Summary, experiment: Experiment) => Section)[] = [
  firstFigures,
  thresholdsSection,
  baselineSection,
  ledgerWithShares,
  verdictWithEvidence,
  faultsWithFigures,
  backlogWithPlot,
  (_, experiment) => regimesSection(experiment),
  (_, experiment) => latencyPlots(experiment),
  workflowPlots,
  shapePlots,
  latenessPlots,
  periodicPlots,
  workPlots,
  (_, experiment) => throughputPlots(experiment),
  ceilingsSection,
  resourcePlots,
  idleWithPlot,
  (_, experiment) => ({ title: 'Task states', blocks: [{ kind: 'plot', name: 'task-states', plot: plotTaskStates(experiment) }] }),
  (_, experiment) => databasePlots(experiment),
  (_, experiment) => bystanderPlots(experiment),
  (_, experiment) => ({ title: 'Host', blocks: [{ kind: 'plot', name: 'host', plot: plotHost(experiment) }] }),
  (_, experiment) => engineMetricPlots(experiment),
  (_, experiment) => configSection(experiment),
  (_, experiment) => environmentSection(experiment),
  statusAndWarnings,
];

/**
 * An experiment as one self-contained HTML page (about 1 MB): figures, ledger, interactive plots, config and environment.
 *
 * The page loads nothing from anywhere, follows the reader's dark or light preference, prints, and holds neither absolute paths nor
 * secrets. Works for experiments that failed early: what is missing says so.
 */
export function htmlReport(experiment: Experiment): string {
  const summary = summaryOf(experiment);
  const shown = sections.map((section) => section(summary, experiment)).filter(({ blocks }) => blocks.length > 0);
  const blocks = shown.flatMap((section) => section.blocks);
  const plots = Object.fromEntries(blocks.flatMap((block) => (block.kind === 'plot' ? [[block.name, block.plot]] : [])));
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
<nav>${shown.map((section) => `<a href="#${placeOf(section)}">${safeText(section.title ?? '')}</a>`).join('')}</nav>
</header>
<main>
${shown.map((section) => `<section id="${placeOf(section)}"><h2>${safeText(section.title ?? '')}</h2>\n${blocksHtml(section.blocks, 'page')}</section>`).join('\n')}
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

function placeOf({ id, title = '' }: Section): string {
  return id ?? title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function configSection({ manifest }: Experiment): Section {
  const { name: _, ...config } = manifest.config;
  // What was measured is a thousand numbers: the file says more.
  const shown =
    typeof config.duration === 'object' && 'file' in config.duration ? { ...config, duration: { file: config.duration.file } } : config;
  return { title: 'Config', blocks: [{ kind: 'preformatted', text: stringify(shown).trimEnd() }] };
}

function statusBadge(summary: Summary): string {
  const words = statusWords(summary);
  return `<span class="status ${words === 'done' ? 'good' : 'bad'}">${safeText(words)}</span>`;
}

function statusLine({ reason, warnings, damage }: Summary): string {
  const why = reason === undefined ? '' : `<p class="bad">${safeText(reason)}</p>`;
  const damaged = damage === null ? '' : `<p class="bad">${safeText(`Careful: ${damageWords(damage)}.`)}</p>`;
  return `${why}${damaged}${warnings.length > 0 ? `<p><a href="#status">${plural(warnings.length, 'warning')}</a></p>` : ''}`;
}
