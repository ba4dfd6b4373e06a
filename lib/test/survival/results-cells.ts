import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExperiment, writeExperiment } from '../support/build-experiment.ts';
import type { Cell, DoesNotApply } from './cell.ts';
import type { Trial } from './trial.ts';

const newer = 'the results are of a newer orchlab';
const cut = 'the results are cut short';
const built = buildExperiment({ runs: 3000, tasksPerRun: 3, durationSeconds: 0.01 });

/** Results of an experiment that ended well, then changed. */
async function withResults(trial: Trial, change: (directory: string) => void): Promise<void> {
  const directory = join(trial.workspace.results, built.name);
  await writeExperiment(built, directory);
  change(directory);
}

function halve(path: string): void {
  truncateSync(path, Math.floor(readFileSync(path).length / 2));
}

function makeNewer(directory: string): void {
  const path = join(directory, 'manifest.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"formatVersion": 1', '"formatVersion": 2'));
}

const show = { phase: 'report', command: ['show', built.name] } as const;

/** What can be wrong with results that are shown later. */
export const resultsCells: readonly Cell[] = [
  {
    ...show,
    fault: newer,
    done: '`orchlab show`; its manifest has the next format version',
    prepare: async (trial) => withResults(trial, makeNewer),
    expected: {
      code: 5,
      status: 'unreadable',
      message: /manifest\.json: expected .*, got one of format 2, which a newer version of orchlab wrote: read it with that one/,
      withinSeconds: 10,
    },
    everyday: true,
  },
  {
    ...show,
    fault: cut,
    done: '`orchlab show`; half of tasks.arrow is there',
    prepare: async (trial) => withResults(trial, (directory) => halve(join(directory, 'tasks.arrow'))),
    expected: { code: 5, status: 'done', message: /the results are damaged: figures are of 4096 of 9000 tasks/, withinSeconds: 10 },
  },
  {
    ...show,
    fault: cut,
    done: '`orchlab show`; manifest.json ends after 20 bytes',
    prepare: async (trial) => withResults(trial, (directory) => truncateSync(join(directory, 'manifest.json'), 20)),
    expected: {
      code: 5,
      status: 'unreadable',
      message: /manifest\.json: expected the manifest of an experiment, got something that can't be read/,
      withinSeconds: 10,
    },
  },
];

export const resultsLimits: readonly DoesNotApply[] = [newer, cut].map((fault) => ({
  fault,
  phases: ['start', 'prepare', 'load', 'drain', 'collect'],
  why: 'results are read when they are complete',
}));
