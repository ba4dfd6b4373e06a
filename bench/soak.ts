/**
 * Does orchlab stay flat in memory, open handles and disk growth however long a load lasts?
 * `node bench/soak.ts [--minutes 30] [--rate 100]`
 *
 * One experiment of so many minutes on a target that is little more than a table, with so many runs of one task a second. What runs is
 * orchlab's own load, sampling and writing: this process, with its threads. Printed over time are its RSS, its JavaScript heap, what is held
 * beside that heap, open files and sockets, timers and the like, and the results on disk; then the last third of the load against the
 * middle one. The exit code is 1 where an aim is missed, or a task.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'd3-array';
import { growthOf } from '../lib/src/analysis/series-growth.ts';
import { createConfig } from '../lib/src/config/load-config.ts';
import { findWorkspace } from '../lib/src/config/workspace.ts';
import { executeExperiment } from '../lib/src/experiment/execute-experiment.ts';
import { growthWords } from '../lib/src/report/sections/growth.ts';
import { openExperiment } from '../lib/src/results/experiment.ts';
import { tableTarget } from './support/table-target.ts';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '100' } },
});
const loadSeconds = 60 * Number(options.minutes);
const runsPerSecond = Number(options.rate);
if (!(loadSeconds >= 60) || !(runsPerSecond > 0)) throw new Error('expected --minutes of at least 1 and a --rate above 0');

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
  const { manifest } = await openExperiment(directory);
  const { ledger } = manifest;
  if (ledger?.submitted !== Math.ceil(runsPerSecond * loadSeconds) || ledger.finished !== ledger.submitted) process.exitCode = 1;
  console.log(`\n${JSON.stringify(ledger)}; warnings: ${JSON.stringify(manifest.warnings)}`);
  printFiles(directory, loadSeconds / 3600);
  judge();
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

/** The last third of the load against the middle one: what grows with time is more in it. */
function judge(): void {
  const third = (part: number): readonly Sample[] =>
    samples.filter(({ seconds }) => seconds >= (part * loadSeconds) / 3 && seconds < ((part + 1) * loadSeconds) / 3);
  const [middle, last] = [third(1), third(2)];
  const ratioOf = (of: (part: readonly Sample[]) => number): number => of(last) / of(middle);
  const medianOf = (name: keyof Sample) => (part: readonly Sample[]) => median(part.map((sample) => sample[name])) ?? Number.NaN;
  const perSecond = (part: readonly Sample[]): number => {
    const [first, final] = [part[0], part.at(-1)];
    return first && final ? (final.diskBytes - first.diskBytes) / (final.seconds - first.seconds) : Number.NaN;
  };
  const aims = [
    { what: 'RSS, median', ratio: ratioOf(medianOf('rssBytes')), most: 1.1 },
    { what: 'open handles, median', ratio: ratioOf(medianOf('handles')), most: 1.1 },
    { what: 'timers and the like, median', ratio: ratioOf(medianOf('timers')), most: 1.1 },
    { what: 'disk growth an hour', ratio: ratioOf(perSecond), most: 1.1 },
  ];
  console.log('\nlast third / middle third');
  for (const { what, ratio, most } of aims) {
    const isMet = ratio <= most;
    if (!isMet) process.exitCode = 1;
    console.log(`${what.padEnd(28)} ${ratio.toFixed(3).padStart(6)}  aim: at most ${most}  ${isMet ? 'met' : 'MISSED'}`);
  }
  const growth = growthOf(
    samples.map(({ seconds }) => seconds),
    samples.map(({ rssBytes }) => rssBytes),
    [loadSeconds / 3, loadSeconds],
  );
  console.log(`disk: ${mega(3600 * perSecond([...middle, ...last]))} MB an hour; RSS of orchlab: ${growthWords(growth)}`);
}
