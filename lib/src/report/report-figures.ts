import { basename, dirname, join } from 'node:path';
import type { Experiment } from '../results/experiment.ts';
import { formatFigure } from '../analysis/figure-units.ts';
import { findFigure } from '../analysis/figures.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import type { ClockComparison, HostDescription } from '../results/manifest.ts';
import type { Places, TaskTime, TaskTimes } from '../results/target-profile.ts';
import type { Summary } from '../analysis/summary.ts';
import { escapeHtml } from './html-escape.ts';
import { redact } from './redact.ts';
import { tasksNotRead } from './tasks-not-read.ts';

/** Text for HTML: escaped, and without paths and passwords. */
export function safeText(value: unknown): string {
  return escapeHtml(redact(typeof value === 'string' ? value : (JSON.stringify(value) ?? '–')));
}

/** The figures that one looks at first, as a list of cards. */
export function summaryCards(summary: Summary): string {
  const shown = (name: string): string => formatFigure(summary.figures[name] ?? Number.NaN, findFigure(name).unit);
  const cards: readonly (readonly [figure: string, detail: string])[] = [
    ['tasks.finished', `of ${shown('tasks.submitted')}`],
    ['throughput.tasksPerSecond', ''],
    ['response.p50', `${wantedName(summary)} to finished`],
    ['response.p99', `at most ${shown('response.max')}`],
    ['latency.p50', 'created to finished'],
    ['latency.p99', `at most ${shown('latency.max')}`],
    ['wait.p50', 'created to dispatched'],
    ['duration', 'first submission to last finish'],
    ['scheduler.rssBytesPeak', `grew ${shown('scheduler.rssBytesGrowth')}`],
    ['scheduler.cpuRatioMean', `${shown('scheduler.cpuSeconds')} in all`],
    ['workers.peakCount', `${shown('workers.cpuSeconds')} CPU in all`],
    ['throughput.runsPerSecond', ''],
  ];
  const items = cards.map(
    ([name, detail]) => `<div><dt>${escapeHtml(findFigure(name).title)}</dt><dd>${shown(name)} <small>${detail}</small></dd></div>`,
  );
  return `<dl class="cards">${items.join('')}</dl>`;
}

/** `perf-results/<name>`: says where to look, from wherever it is written, without saying whose machine it was. */
export function shownDirectory({ directory }: Pick<Summary, 'directory'>): string {
  return join(basename(dirname(directory)), basename(directory));
}

/** From when response time counts. */
export function wantedName({ load }: Summary): 'due' | 'sent' {
  return typeof load.arrival === 'object' && 'closed' in load.arrival ? 'sent' : 'due';
}

/** Every submitted task as how it ended, as a sum that one can check. */
export function ledgerTable(summary: Summary): string {
  const unread = tasksNotRead(summary);
  if (unread !== undefined) return `<p class="muted">The ledger is ${unread}.</p>`;
  const { submitted, finished, failed, cancelled, lost, duplicates, ghosts } = summary.tasks;
  const { planned, rejected, dropped } = summary.runs;
  const adds = finished + failed + cancelled + lost === submitted;
  const share = (value: number): string => (submitted === 0 ? '–' : `${threeDigits((100 * value) / submitted)} %`);
  const row = (label: string, value: number): string =>
    `<tr><th>${label}</th><td style="text-align:right">${count(value)}</td><td style="text-align:right">${share(value)}</td></tr>`;
  const ended = [row('finished', finished), row('failed', failed), row('cancelled', cancelled), row('lost', lost)].join('');
  const verdict = adds
    ? '<p class="muted">Every submitted task is accounted for once.</p>'
    : '<p class="bad">The ledger does not add up: some tasks are counted twice or not at all.</p>';
  const unsent = rejected + dropped;
  const runs = `<p class="muted">${count(summary.runs.submitted)} of ${count(planned)} runs submitted${unsent > 0 ? `, ${count(rejected)} rejected, ${count(dropped)} dropped` : ''}.</p>`;
  const executions =
    duplicates === null
      ? '<p class="muted">How often each task was executed is not known: the tasks left no evidence of it.</p>'
      : duplicates > 0 || (ghosts ?? 0) > 0
        ? `<p class="bad">By the tasks' own evidence there were ${count(duplicates)} executions beyond the first of a task (duplicates), and ${count(ghosts ?? 0)} of tasks that nobody submitted (ghosts).</p>`
        : `<p class="muted">By the tasks' own evidence none was executed twice, and none that was not submitted.</p>`;
  return `<div class="scroll"><table class="facts"><tbody>${ended}${row('submitted', submitted)}</tbody></table></div>${verdict}${executions}${runs}`;
}

/** Names and values as a two-column table; what is undefined is left out. */
export function factsTable(facts: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${safeText(value)}</td></tr>`);
  return `<div class="scroll"><table class="facts"><tbody>${rows.join('')}</tbody></table></div>`;
}

/** What the experiment ran on and with. */
export function environmentFacts({ manifest }: Experiment): Readonly<Record<string, unknown>> {
  const { target, database, host, versions, times, gitCommit, clock } = manifest;
  const list = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ');
  const at = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString().replace('T', ' '));
  return {
    target: `${target.name} ${target.version}`,
    'target options': list(target.options),
    'places for tasks': placesWords(target.places),
    ...timesFacts(target.times),
    database: `Postgres ${database.version}, ${database.kind}`,
    'database settings': list(database.settings),
    host: `${host.platform}, kernel ${host.kernel}`,
    CPU: `${host.cpuModel}, ${host.cores} ${host.cores === 1 ? 'core' : 'cores'}${usable(host)}`,
    memory: `${threeDigits(host.memoryBytes / 1e9)} GB${host.memoryLimitBytes === undefined ? '' : `, of which the container may use ${threeDigits(host.memoryLimitBytes / 1e9)} GB`}`,
    'clocks, database less driver': clock ? clockDifference(clock) : undefined,
    'load average at the start': host.loadAverage.map((load) => threeDigits(load)).join(', '),
    versions: list(versions),
    'git commit': gitCommit,
    started: at(times.startedMs),
    ended: at(times.endedMs),
  };
}

function placesWords(places: Places): string {
  if (places.kind === 'bounded') return `${places.count} (${places.by})`;
  return places.kind === 'unbounded' ? 'as many as there are tasks: nothing bounds them' : 'not known: the target does not say';
}

/** What the four times of a task are in the engine, a fact each. */
function timesFacts(times: TaskTimes): Readonly<Record<string, string>> {
  const words = ({ moment, source, clock }: TaskTime): string =>
    moment === 'unknown' ? '' : `${source === '' ? moment : `${source}, ${moment}`} (clock of the ${clock})`;
  return Object.fromEntries(
    Object.entries(times).map(([name, moment]: readonly [string, TaskTime]) => [`a task is ${name}`, words(moment)]),
  );
}

function usable({ cores, usableCores = cores, cpuQuotaCores }: HostDescription): string {
  if (usableCores === cores) return '';
  return `, of which ${threeDigits(usableCores)} may be used (${cpuQuotaCores === usableCores ? "the container's quota" : 'affinity'})`;
}

function clockDifference({ skewMsStart, skewMsEnd, uncertaintyMs, corrected }: ClockComparison): string {
  const skews = [
    ...(skewMsStart === null ? [] : [`${threeDigits(skewMsStart)} ms at the start`]),
    ...(skewMsEnd === null ? [] : [`${threeDigits(skewMsEnd)} ms at the end`]),
  ];
  return `${skews.join(', ')}, to within ${threeDigits(uncertaintyMs)} ms${corrected ? '; task times corrected' : ''}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
