import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SummaryOf } from '../../src/analysis/summary.ts';
import { hashOf } from '../../src/analysis/experiment-setup.ts';
import type { LimitEvidence } from '../../src/analysis/limit-evidence.ts';
import { saveSummary } from '../../src/analysis/saved-summary.ts';
import type { Summary } from '../../src/analysis/summary.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import { type Manifest, writeManifest } from '../../src/results/manifest.ts';
import { buildExperiment } from './build-experiment.ts';

/** What an experiment is to have; all else is as in any other. */
export interface FiguredOptions {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly startedMs: number;
  readonly figures: Readonly<Record<string, number | null>>;
  readonly limitedBy?: Summary['verdict']['limitedBy'];
  readonly evidence?: Partial<SummaryOf<LimitEvidence>>;
  readonly notes?: readonly string[];
  readonly tasks?: Partial<Summary['tasks']>;
  readonly runs?: Partial<Summary['runs']>;
  readonly manifest?: Partial<Manifest>;
}

interface Saved {
  madeOf: { manifest: string };
  summary: { figures: object; tasks: object; runs: object; verdict: { evidence: object } };
}

let template: string | undefined;

/** Saves an experiment of which only the manifest and the summary are there, as after a clean-up of its tables, and opens it. */
export async function figuredExperiment(results: string, options: FiguredOptions): Promise<Experiment> {
  const directory = join(results, options.name);
  mkdirSync(directory, { recursive: true });
  const { ledger: _, ...base } = buildExperiment({ runs: 1, tasksPerRun: 1 }).manifest;
  const manifest = { ...base, ...options.manifest, name: options.name, times: { ...base.times, startedMs: options.startedMs } };
  await writeManifest(directory, manifest);
  const experiment = await openExperiment(directory);
  const path = join(directory, 'summary.json');
  if (template === undefined) {
    await saveSummary(experiment);
    template = readFileSync(path, 'utf8');
  }
  const saved = JSON.parse(template) as Saved;
  const { summary } = saved;
  const { limitedBy = 'target', evidence, notes = [] } = options;
  const changed = {
    ...saved,
    madeOf: { ...saved.madeOf, manifest: hashOf(experiment.manifest) },
    summary: {
      ...summary,
      name: options.name,
      status: manifest.status,
      damage: null,
      tasksRead: true,
      figures: { ...summary.figures, ...options.figures },
      tasks: {
        ...summary.tasks,
        submitted: 500,
        finished: 500,
        failed: 0,
        cancelled: 0,
        lost: 0,
        duplicates: 0,
        ghosts: 0,
        ...options.tasks,
      },
      runs: { ...summary.runs, planned: 100, rejected: 0, dropped: 0, ...options.runs },
      verdict: { ...summary.verdict, limitedBy, notes, evidence: { ...summary.verdict.evidence, ...evidence } },
    },
  };
  writeFileSync(path, JSON.stringify(changed));
  return openExperiment(directory);
}
