/**
 * Does orchlab stay flat in memory, open handles and disk growth however long a load lasts?
 * `node bench/soak.ts [--minutes 30] [--rate 100]`
 *
 * One experiment of so many minutes on a target that is little more than a table, with so many runs of one task a second. What runs is
 * orchlab's own load, sampling and writing: this process, with its threads. Printed over time are its RSS, its JavaScript heap, what is held
 * beside that heap, open files and sockets, timers and the like, and the results on disk; then whether they grow, and the RSS of the
 * scheduler: over the last two thirds of the load, as in any experiment (lib/src/analysis/series-growth.ts). The exit code is 1 where
 * anything grows, or a task is missing; the last line says what it is for.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rssGrowthOf } from '../lib/src/analysis/rss-growth.ts';
import { type Growth, growthOf } from '../lib/src/analysis/series-growth.ts';
import { createConfig } from '../lib/src/config/load-config.ts';
import { findWorkspace } from '../lib/src/config/workspace.ts';
import { executeExperiment } from '../lib/src/experiment/execute-experiment.ts';
import { growthWords } from '../lib/src/report/sections/growth.ts';
import { openExperiment } from '../lib/src/results/experiment.ts';
import { experimentFlags } from '../lib/src/run/experiment-child.ts';
import { tableTarget } from './support/table-target.ts';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '100' } },
});
const loadSeconds = 60 * Number(options.minutes);
const runsPerSecond = Number(options.rate);
if (!(loadSeconds >= 60) || !(runsPerSecond > 0)) throw new Error('expected --minutes of at least 1 and a --rate above 0');

// As orchlab starts the process of an experiment.
if (!experimentFlags.every((flag) => process.execArgv.includes(flag))) {
  const { status } = spawnSync(process.execPath, [...experimentFlags, import.meta.filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

interface Sample {
  /** Since the load began. */
  readonly seconds: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Buffers beside the heap, those of typed arrays among them. */
  readonly outsideBytes: number;
  readonly handles: number;
  readonly timers: number;
  readonly diskBytes: number;
}

const sampleMs = 1000;
const rows = 15;
/** What each run takes while the load lasts, for its id and when it was wanted (docs/method.md): it is the load's, and known. */
const bytesOfRun = 43;
/** Growth that is of no account: handles or timers an hour, and the share by which files grow faster an hour later. */
const smallCount = 20;
const smallRatio = 0.2;
const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);

const samples: Sample[] = [];
const results = mkdtempSync(join(tmpdir(), 'orchlab-soak-'));
try {
  await run();
} finally {
  rmSync(results, { recursive: true });
}

async function run(): Promise<void> {
  const config = createConfig({
    arrival: { constant: runsPerSecond },
    load_seconds: loadSeconds,
    tasks_per_workflow: 1,
    duration: 0,
    executor: 'inline',
    target: 'table',
  });
  console.log(
    `${runsPerSecond} runs/s of 1 task for ${loadSeconds} s\n\n seconds  RSS (MB)  heap (MB)  beside it (MB)  handles  timers  results (MB)`,
  );
  let timer: NodeJS.Timeout | undefined;
  let startMs = Number.NaN;
  const { directory, status, reason } = await executeExperiment(
    { config, workspace: { ...findWorkspace(import.meta.dirname), results }, keepDatabase: false },
    {
      signal: new AbortController().signal,
      onProgress({ phase }) {
        if (phase === 'load' && timer === undefined) {
          startMs = performance.now();
          timer = setInterval(() => takeSample((performance.now() - startMs) / 1000), sampleMs);
        } else if (phase !== 'load' && timer !== undefined) clearInterval(timer);
      },
    },
    { createTarget: async (context) => tableTarget(context) },
  );
  if (status !== 'done') throw new Error(`the experiment ended as ${status}: ${reason}`);
  const experiment = await openExperiment(directory);
  const { ledger, warnings } = experiment.manifest;
  console.log(`\n${JSON.stringify(ledger)}; warnings: ${JSON.stringify(warnings)}`);
  printFiles(directory, loadSeconds / 3600);
  const isComplete = ledger?.submitted === Math.ceil(runsPerSecond * loadSeconds) && ledger.finished === ledger.submitted;
  conclude(rssGrowthOf(experiment, 'scheduler'), isComplete);
}

function takeSample(seconds: number): void {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const sample = {
    seconds,
    rssBytes: rss,
    heapBytes: heapUsed,
    outsideBytes: external + arrayBuffers,
    handles: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().length,
    diskBytes: bytesBelow(results),
  };
  const isShown = Math.floor((seconds * rows) / loadSeconds) > Math.floor(((samples.at(-1)?.seconds ?? -1) * rows) / loadSeconds);
  samples.push(sample);
  if (!isShown) return;
  const { handles, timers } = sample;
  const cells = [seconds.toFixed(0), mega(rss), mega(heapUsed), mega(sample.outsideBytes), handles, timers, mega(sample.diskBytes)];
  console.log(cells.map((cell, column) => String(cell).padStart([8, 8, 9, 14, 7, 6, 12][column] ?? 0)).join('  '));
}

function bytesBelow(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function printFiles(directory: string, hours: number): void {
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = files.map(({ name }) => ({ name, bytes: statSync(join(directory, name)).size })).toSorted((a, b) => b.bytes - a.bytes);
  const shown = sizes.filter(({ bytes }) => bytes > 1e5).map(({ name, bytes }) => `${name} ${mega(bytes / hours)}`);
  console.log(`MB an hour of each file: ${shown.join(', ')}`);
}

interface Judged {
  readonly what: string;
  readonly growth: Growth;
  /** Of the growth, and how much of the series it is. Default: MB, a million. */
  readonly unit?: readonly [name: string, size: number];
}

function conclude(schedulerRss: Growth, isComplete: boolean): void {
  const series = (of: (sample: Sample) => number, smallBytesPerHour?: number): Growth =>
    growthOf(
      samples.map(({ seconds }) => seconds),
      samples.map(of),
      [loadSeconds / 3, loadSeconds],
      smallBytesPerHour === undefined ? {} : { smallBytesPerHour },
    );
  const { perHour, growth: ofDisk } = diskGrowth();
  const all: readonly Judged[] = [
    { what: 'RSS of the scheduler', growth: schedulerRss },
    { what: 'RSS of orchlab', growth: series(({ rssBytes, seconds }) => rssBytes - bytesOfRun * runsPerSecond * seconds) },
    { what: 'handles', growth: series(({ handles }) => handles, smallCount), unit: ['handles', 1] },
    { what: 'timers and the like', growth: series(({ timers }) => timers, smallCount), unit: ['timers', 1] },
    { what: 'growth of the files', growth: ofDisk, unit: ['% of it', perHour / 100] },
  ];
  console.log(
    `\nfiles: ${mega(perHour)} MB an hour; of orchlab's RSS ${bytesOfRun} bytes a run are taken out, which the index of runs takes`,
  );
  for (const { what, growth, unit } of all) console.log(`${what.padEnd(20)} ${growthWords(growth, ...(unit ?? (['MB', 1e6] as const)))}`);
  const those = (verdict: Growth['verdict']): readonly string[] =>
    all.filter(({ growth }) => growth.verdict === verdict).map(({ what }) => what);
  const [growing, unknown] = [those('grows'), those('too-short')];
  process.exitCode = growing.length > 0 || !isComplete ? 1 : 0;
  const reasons = [
    isComplete ? 'every task has ended' : 'tasks are missing',
    growing.length > 0 ? `what grows: ${growing.join(', ')}` : 'nothing is seen to grow',
    ...(unknown.length > 0 ? [`too short to tell of: ${unknown.join(', ')}`] : []),
  ];
  console.log(`\nexit code ${process.exitCode}: ${reasons.join('; ')}`);
}

/** How fast the files grow, bytes an hour, and whether that grows: of the rates over so long that a row more or less does not matter. */
function diskGrowth(): { readonly perHour: number; readonly growth: Growth } {
  const counted = samples.filter(({ seconds }) => seconds >= loadSeconds / 3);
  const rateSeconds = loadSeconds / 100;
  const ends = counted.filter(
    ({ seconds }, index) => index === 0 || Math.floor(seconds / rateSeconds) > Math.floor((counted[index - 1]?.seconds ?? 0) / rateSeconds),
  );
  const rateOf = (from: Sample, to: Sample): number => (3600 * (to.diskBytes - from.diskBytes)) / (to.seconds - from.seconds);
  const pairs = ends.slice(1).map((to, index) => [ends[index] ?? to, to] as const);
  const [first, last] = [ends[0], ends.at(-1)];
  const perHour = first && last ? rateOf(first, last) : Number.NaN;
  const growth = growthOf(
    pairs.map(([from, to]) => (from.seconds + to.seconds) / 2),
    pairs.map(([from, to]) => rateOf(from, to)),
    [loadSeconds / 3, loadSeconds],
    { smallBytesPerHour: smallRatio * perHour },
  );
  return { perHour, growth };
}
