/**
 * Does orchlab's own memory grow with the load? `node bench/memory.ts [--per-run 10] [tasks ...]`
 *
 * Experiments of 1,000 to 200,000 inline tasks, 10 a run and 1 a run, each in a process of its own, on a target that is little more than a
 * table: a real engine would take a quarter of an hour for the largest. What runs is orchlab's own load, sampling, drain and collection.
 * Printed is the RSS of that process: driver, sampler and the tables that are written.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { resourceFigures } from '../lib/src/analysis/resources.ts';
import { createConfig } from '../lib/src/config/load-config.ts';
import { taskTotal } from '../lib/src/config/perf-config.ts';
import { findWorkspace } from '../lib/src/config/workspace.ts';
import { executeExperiment } from '../lib/src/experiment/execute-experiment.ts';
import { openExperiment } from '../lib/src/results/experiment.ts';
import { tableTarget } from './support/table-target.ts';

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { 'per-run': { type: 'string' } } });
const sizes = positionals.length > 0 ? positionals.map(Number) : [1_000, 10_000, 50_000, 200_000];
const perRun = options['per-run'] === undefined ? [10, 1] : [Number(options['per-run'])];

interface Figures {
  readonly ledger: unknown;
  readonly status: string;
  readonly rssBytesStart: number;
  readonly rssBytesPeak: number;
  readonly rssBytesMost: number;
  readonly tasksBytes: number;
  readonly liveHeapBytes: number;
}

const child = process.env['ORCHLAB_BENCH_MEMORY'];
if (child === undefined) for (const tasksPerRun of perRun) await printTable(tasksPerRun);
else {
  const [tasks = 0, tasksPerRun = 0] = child.split(' ').map(Number);
  console.log(JSON.stringify(await measure(tasks, tasksPerRun)));
}

async function printTable(tasksPerRun: number): Promise<void> {
  console.log(
    `${tasksPerRun} tasks a run\n    tasks   seconds  RSS start (MB)  RSS peak in load (MB)  RSS peak in all (MB)  live heap at the end (MB)  tasks.arrow (MB)  ledger`,
  );
  for (const size of sizes) {
    const began = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', import.meta.filename], {
      env: { ...process.env, ORCHLAB_BENCH_MEMORY: `${size} ${tasksPerRun}` },
    });
    const figures = JSON.parse(stdout) as Figures;
    const cells = [figures.rssBytesStart, figures.rssBytesPeak, figures.rssBytesMost, figures.liveHeapBytes, figures.tasksBytes].map(
      (bytes) => (bytes / 1e6).toFixed(1),
    );
    const [start = '', peak = '', most = '', live = '', tasks = ''] = cells;
    console.log(
      `${size.toLocaleString('en-US').padStart(9)}  ${((performance.now() - began) / 1000).toFixed(1).padStart(8)}  ${start.padStart(14)}  ` +
        `${peak.padStart(21)}  ${most.padStart(20)}  ${live.padStart(25)}  ${tasks.padStart(16)}  ${figures.status}: ${JSON.stringify(figures.ledger)}`,
    );
  }
}

async function measure(tasks: number, tasksPerRun: number): Promise<Figures> {
  const results = mkdtempSync(join(tmpdir(), 'orchlab-memory-'));
  try {
    const config = createConfig({
      workflows: tasks / tasksPerRun,
      tasks_per_workflow: tasksPerRun,
      duration: 0,
      executor: 'inline',
      target: 'table',
      timeout: 1800,
    });
    const workspace = { ...findWorkspace(import.meta.dirname), results };
    const { directory, status } = await executeExperiment(
      { config, workspace, keepDatabase: false },
      { signal: new AbortController().signal, onProgress: () => undefined },
      { createTarget: async (context) => tableTarget(context) },
    );
    // Collecting the tasks included, which comes after the last sample. Linux gives KiB.
    const rssBytesMost = process.resourceUsage().maxRSS * 1024;
    const experiment = await openExperiment(directory);
    const { rssBytesStart, rssBytesPeak } = resourceFigures(experiment, 'driver');
    if (experiment.manifest.ledger?.finished !== taskTotal(config)) process.exitCode = 1;
    return {
      ledger: experiment.manifest.ledger,
      status,
      rssBytesStart,
      rssBytesPeak,
      rssBytesMost,
      tasksBytes: statSync(join(directory, 'tasks.arrow')).size,
      liveHeapBytes: liveHeapBytes(),
    };
  } finally {
    rmSync(results, { recursive: true });
  }
}

/** What is still needed when everything has been let go of that can be. */
function liveHeapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
