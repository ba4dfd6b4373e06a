import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { foldersOf } from '../results/find-experiments.ts';
import { openExperiment } from '../results/experiment.ts';
import { readManifest, writeManifest } from '../results/manifest.ts';
import { DamagedResultsError } from '../results/read-record.ts';
import { type RecordedStep, readSeriesRecord, writeSeriesRecord } from '../results/series-record.ts';
import { guardEndMs } from '../timing/stop-limits.ts';
import { writeReports } from './write-reports.ts';

const reason = 'orchlab was killed while it ran';
const pollMs = 200;

/**
 * Notes how the steps ended that were under way when the process which ran their series was killed: an experiment that had ended is taken
 * as it is, any other is marked as interrupted.
 *
 * The process of an experiment outlives the one that started it by the moment that it takes to end in order: it is waited for, as long as it writes.
 */
export async function settleInterrupted(directory: string, signal: AbortSignal | undefined): Promise<void> {
  const record = readSeriesRecord(directory);
  const ended = new Set(record.steps.filter(({ status }) => status !== 'running').map(({ experiment }) => experiment));
  const settled = new Map<string, Settled>();
  for (const folder of await foldersOf(directory)) {
    if (ended.has(basename(folder))) continue;
    const how = await settleExperiment(folder, signal);
    if (how) settled.set(basename(folder), how);
  }
  const steps = record.steps.map((step): RecordedStep => {
    if (step.status !== 'running') return step;
    // Killed before it was noted which one is its own: the one that began after it.
    const experiment = step.experiment ?? [...settled].find(([, { startedMs }]) => startedMs >= step.startedMs)?.[0] ?? null;
    const how = experiment === null ? undefined : settled.get(experiment);
    return { ...step, ...(how?.end ?? { status: 'interrupted', reason }), experiment };
  });
  await writeSeriesRecord(directory, { ...record, steps });
}

interface Settled {
  readonly startedMs: number;
  readonly end: Pick<RecordedStep, 'status' | 'reason' | 'endedMs'>;
}

/** Undefined for a folder that is no experiment, or none that can be read. */
async function settleExperiment(folder: string, signal: AbortSignal | undefined): Promise<Settled | undefined> {
  try {
    while ((await readManifest(folder)).status === 'running' && Date.now() - lastWriteMs(folder) < guardEndMs)
      await sleep(pollMs, undefined, signal && { signal });
    const manifest = await readManifest(folder);
    const { startedMs, endedMs = null } = manifest.times;
    if (manifest.status !== 'running') {
      // What was killed may have been the writing of its reports.
      await writeReports(await openExperiment(folder));
      return { startedMs, end: { status: manifest.status, reason: manifest.reason, endedMs } };
    }
    await writeManifest(folder, { ...manifest, status: 'interrupted', process: undefined, reason });
    return { startedMs, end: { status: 'interrupted', reason, endedMs } };
  } catch (error) {
    if (error instanceof DamagedResultsError) return undefined;
    throw error;
  }
}

function lastWriteMs(folder: string): number {
  return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0));
}
