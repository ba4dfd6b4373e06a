/**
 * A real experiment of a million tasks, end to end: `node bench/scale.ts [--tasks 1000000] [--per-run 10] [--target graphile-worker]`
 *
 * Inline tasks on a real engine, submitted as fast as it takes them. Printed is how long each phase took, above all what comes after the
 * drain (stopping the engine, collecting every task, completing the files), what counting the open work cost from beginning to end, how late timers of
 * the driver came, and the peak memory of the experiment's process, the collection included.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { numberColumn } from '../lib/src/analysis/columns.ts';
import { createConfig } from '../lib/src/config/load-config.ts';
import { findWorkspace } from '../lib/src/config/workspace.ts';
import { executeExperiment } from '../lib/src/experiment/execute-experiment.ts';
import { openExperiment } from '../lib/src/results/experiment.ts';

const { values: options } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000000' },
    'per-run': { type: 'string', default: '10' },
    target: { type: 'string', default: 'graphile-worker' },
  },
});
const tasksPerRun = Number(options['per-run']);
const runs = Number(options.tasks) / tasksPerRun;
const results = mkdtempSync(join(tmpdir(), 'orchlab-scale-'));

try {
  const config = createConfig({
    workflows: runs,
    tasks_per_workflow: tasksPerRun,
    duration: 0,
    executor: 'inline',
    target: options.target,
    timeout: 3600,
    scheduler: { max_concurrent_dispatches: 200, max_tasks_per_batch: 500 },
  });
  let told = '';
  const { directory, status, reason } = await executeExperiment(
    { config, workspace: { ...findWorkspace(import.meta.dirname), results }, keepDatabase: false },
    {
      signal: new AbortController().signal,
      onProgress({ phase, elapsedSeconds, tasks }) {
        if (phase === told) return;
        told = phase;
        console.log(`${elapsedSeconds.toFixed(1).padStart(8)} s  ${phase} (${tasks.ended.toLocaleString('en-US')} tasks ended)`);
      },
    },
  );
  // Linux gives KiB.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const { manifest, counts } = await openExperiment(directory);
  const { loadStartedMs = Number.NaN, loadEndedMs = Number.NaN, drainedMs = Number.NaN, endedMs = Number.NaN } = manifest.times;
  const seconds = (fromMs: number, toMs: number): string => `${((toMs - fromMs) / 1000).toFixed(1)} s`;
  console.log(`${status} ${reason}: ${JSON.stringify(manifest.ledger)}`);
  console.log(
    `load ${seconds(loadStartedMs, loadEndedMs)} (${runs.toLocaleString('en-US')} runs of ${tasksPerRun}), drain ${seconds(loadEndedMs, drainedMs)}`,
  );
  console.log(`after the drain: ${seconds(drainedMs, endedMs)}`);
  console.log(`${(Number(options.tasks) / ((drainedMs - loadStartedMs) / 1000)).toFixed(0)} tasks/s`);
  const readMs = numberColumn(counts, 'readMs');
  const openTasks = numberColumn(counts, 'openTasks');
  for (const [what, places] of Object.entries({
    first: [0],
    'with most open': [openTasks.indexOf(openTasks.reduce((most, open) => Math.max(most, open), 0))],
    last: [readMs.length - 1],
  }))
    for (const place of places)
      console.log(`count of the open work, ${what}: ${readMs[place]?.toFixed(1)} ms with ${openTasks[place]} open`);
  const { p99Ms = Number.NaN, maxMs = Number.NaN } = manifest.eventLoopDelay ?? {};
  console.log(`the driver's event loop delay: p99 ${p99Ms.toFixed(1)} ms, max ${maxMs.toFixed(1)} ms`);
  console.log(
    `peak memory of the process: ${(peakBytes / 1e6).toFixed(0)} MB; tasks.arrow ${(statSync(join(directory, 'tasks.arrow')).size / 1e6).toFixed(0)} MB`,
  );
  if (status !== 'done') process.exitCode = 1;
} finally {
  rmSync(results, { recursive: true });
}
