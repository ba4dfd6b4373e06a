import { type Workflow, workflowsOf } from '../config/mixed.ts';
import type { Experiment } from '../results/experiment.ts';
import { type Frame, frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { sortNumbers } from './sort-numbers.ts';
import { takenMs } from './task-stretches.ts';

/** Rows of the tasks of one workflow in `frameOf(experiment).tasks`, ascending. */
export interface WorkflowRows {
  readonly workflow: Workflow;
  readonly rows: Int32Array;
}

/** Of a task whose run is not known. */
const noWorkflow = 255;

/** Index of the workflow of each task, by its row; 255 where its run is not known. */
export const taskWorkflows = perExperiment((experiment: Experiment): Uint8Array => {
  const { runs, tasks } = frameOf(experiment);
  const workflows = new Uint8Array(tasks.count);
  for (let row = 0; row < workflows.length; row++) workflows[row] = runs.workflow[tasks.run[row] as number] ?? noWorkflow;
  return workflows;
});

/** The tasks of each workflow of the config, in its order. */
export const workflowRows = perExperiment((experiment: Experiment): readonly WorkflowRows[] => {
  const of = taskWorkflows(experiment);
  return workflowsOf(experiment.manifest.config).map((workflow, index) => {
    const rows = new Int32Array(of.length);
    let count = 0;
    for (let row = 0; row < of.length; row++) if (of[row] === index) rows[count++] = row;
    return { workflow, rows: rows.slice(0, count) };
  });
});

/**
 * When the tasks at `rows` ran, epoch milliseconds, each in order: from started until they had ended, however. One that never ended ran as long as the
 * experiment; one that is not known to have started, or that ended before, is left out.
 */
export function runningOf(experiment: Experiment, rows: Int32Array): { readonly begins: Float64Array; readonly ends: Float64Array } {
  const frame = frameOf(experiment);
  const { endMs } = loadSpan(experiment);
  const begins = new Float64Array(rows.length);
  const ends = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const begin = beganMs(frame, row);
    const finished = frame.tasks.finishedMs[row] as number;
    const end = Number.isNaN(finished) ? endMs : finished;
    if (Number.isNaN(begin) || end < begin) continue;
    begins[count] = begin;
    ends[count++] = end;
  }
  return { begins: sortNumbers(begins.subarray(0, count)), ends: sortNumbers(ends.subarray(0, count)) };
}

/** When a task started; of an engine that does not say when, when it took it. */
export function beganMs(frame: Frame, row: number): number {
  const started = frame.tasks.startedMs[row] as number;
  return Number.isNaN(started) ? takenMs(frame, row) : started;
}
