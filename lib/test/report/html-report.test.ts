import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { htmlReport } from '../../src/report/html-report.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

/** The page without its scripts: what a reader without JavaScript, or one who searches for text, gets. */
function withoutScripts(html: string): string {
  return html.replaceAll(/<script[^>]*>[\s\S]*?<\/script>/g, '');
}

function textOf(html: string): string {
  return withoutScripts(html)
    .replaceAll(/<style>[\s\S]*?<\/style>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

function plotsOf(html: string): Record<string, { title: { text: string } }> {
  const [, json = ''] = /<script type="application\/json" id="plots">([\s\S]*?)<\/script>/.exec(html) ?? [];
  return JSON.parse(json) as Record<string, { title: { text: string } }>;
}

function withManifest(experiment: Experiment, manifest: Partial<Experiment['manifest']>): Experiment {
  return { ...experiment, manifest: { ...experiment.manifest, ...manifest } };
}

test('has its sections in the order in which one asks', () => {
  const html = htmlReport(buildExperiment());
  const titles = Array.from(withoutScripts(html).matchAll(/<h2>([^<]*)<\/h2>/g), ([, title]) => title);
  expect(titles).toEqual([
    'Summary',
    'Ledger',
    'Verdict',
    'Response time and latency',
    'Throughput',
    'Resources',
    'Task states',
    'Postgres',
    'Host',
    'Config',
    'Environment',
    'Status and warnings',
  ]);
  const anchors = Array.from(withoutScripts(html).matchAll(/href="#([^"]*)"/g), ([, id = '']) => id);
  expect(anchors.length).toBeGreaterThanOrEqual(titles.length);
  for (const id of anchors) expect(html).toContain(`id="${id}"`);
});

test('has a place for every plot, and every plot for a place', () => {
  const html = htmlReport(buildExperiment());
  const places = Array.from(html.matchAll(/data-plot="([^"]*)"/g), ([, name = '']) => name);
  expect(places.sort()).toEqual(Object.keys(plotsOf(html)).sort());
  expect(places).toHaveLength(10);
  const text = textOf(html);
  for (const plot of Object.values(plotsOf(html))) expect(text).toContain(plot.title.text);
});

test.each([
  [{ skewMsStart: 250, skewMsEnd: 230 }, '250 ms at the start, 230 ms at the end, to within 0.2 ms'],
  [{ skewMsStart: 250, skewMsEnd: null }, '250 ms at the start, to within 0.2 ms'],
  [{ skewMsStart: null, skewMsEnd: 230 }, '230 ms at the end, to within 0.2 ms'],
])('tells a difference of the clocks only for the moments that were read: %o', (skews, words) => {
  const clock = { ...skews, uncertaintyMs: 0.2, corrected: true };
  expect(textOf(htmlReport(withManifest(buildExperiment(), { clock })))).toContain(
    `clocks, database less driver ${words}; task times corrected`,
  );
});

test('says what the experiment found', () => {
  const text = textOf(htmlReport(buildExperiment({ failures: 20, cancelled: 3, lost: 5 })));
  expect(text).toContain('standard on dbos 5.3.0 done 100 runs of 5 tasks, 0.1 s each, 2026-11-23 10:00 UTC');
  expect(text).toContain('tasks finished 472 of 500');
  expect(text).toContain('finished 472 94.4 failed 20 4.0 cancelled 3 0.6 lost 5 1.0 submitted 500 100.0');
  expect(text).toContain('500 submitted = 472 finished + 20 failed + 3 cancelled + 5 lost All 100 runs were submitted.');
  expect(text).toContain('workflows: 100 tasks_per_workflow: 5 shape: parallel duration: 0.1 target: dbos');
  expect(text).toContain('database Postgres 18.4, embedded');
  expect(text).toContain('Status: done No warnings.');
});

test('loads nothing: no address in any element, a policy that forbids it, and one file small enough to send', () => {
  const html = htmlReport(buildExperiment({ runs: 2000 }));
  expect(withoutScripts(html)).not.toMatch(/\b(?:src|srcset|action|poster|data)\s*=\s*["']?\s*(?:https?:)?\/\//i);
  expect(withoutScripts(html)).not.toMatch(/<(?:link|iframe|img|object|embed|base)\b|@import|url\(/i);
  for (const [, address] of withoutScripts(html).matchAll(/href="([^"]*)"/g)) expect(address).toMatch(/^#/);
  expect(html).not.toMatch(/<script[^>]+src=/);
  expect(html).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none';`);
  expect(Buffer.byteLength(html)).toBeLessThan(1.6e6);
});

test('text from outside stays text', () => {
  const evil = `</script><script>alert('1')</script><!-- "&`;
  const base = buildExperiment({ config: evil, status: 'failed', reason: evil, warnings: [evil] });
  const html = htmlReport(
    withManifest(base, { target: { ...base.manifest.target, name: evil, version: '1', options: { evil } }, name: evil }),
  );
  expect(html).not.toContain('<script>alert');
  // One element each for data, vega and the page's own script: nothing ended one early or began another.
  expect(html.match(/<script/gi)).toHaveLength(3);
  expect(html.match(/<\/script/gi)).toHaveLength(3);
  expect(html).not.toContain('<!--');
  expect(plotsOf(html)['resources']).toBeDefined();
  expect(textOf(html)).toContain('alert(&#39;1&#39;)');
});

test('tells nothing of the machine it was made on, nor a password', () => {
  const place = `${homedir()}/secret-project/perf-results/x/postgres.log`;
  const base = buildExperiment({
    status: 'failed',
    reason: `Postgres did not start: see ${place}`,
    warnings: ['postgres://me:hunter2@db/x is slow'],
  });
  const database = { ...base.manifest.database, settings: { data_directory: '/var/lib/somebody/data' } };
  const config = { ...base.manifest.config, script: place };
  const html = htmlReport({ ...withManifest(base, { database, config }), directory: '/home/somebody/perf-results/x' });
  expect(html).not.toMatch(/secret-project|somebody|hunter2/);
  expect(textOf(html)).toContain('Postgres did not start: see …/postgres.log');
  expect(textOf(html)).toContain('postgres://…@db/x is slow');
});

test('an experiment that ended before anything was recorded still has its page', () => {
  const nothing = { tasks: [], runs: [], processes: [], counts: [], postgres: [], host: [] };
  const experiment = replaceTables(buildExperiment({ status: 'failed', reason: 'The scheduler exited with code 1' }), nothing);
  const text = textOf(htmlReport(experiment));
  expect(text).toContain('The scheduler exited with code 1');
  expect(text).toContain('tasks finished 0 of 0');
  expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
});
