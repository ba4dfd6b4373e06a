import type { Experiment } from '../results/experiment.ts';
import { meanCount } from './edges.ts';
import { taskStretches } from './task-stretches.ts';
import { runSizes } from './run-sizes.ts';

/** Parts that a span is looked at in. */
const parts = 50;
/** Places taken to this share are all taken: between two tasks some time always passes. */
export const placesTakenRatio = 0.9;
/** A queue of this many tasks is nothing unusual, however few places there are. */
const shortQueue = 10;

/**
 * In what share of a span a target of so many places had clearly more to do than it could: all its places were taken while more tasks waited than it
 * has places (or 10), and more than come with one run.
 */
export function overloadedRatio(experiment: Experiment, places: number, fromMs: number, toMs: number): number {
  const { most: tasksPerRun } = runSizes(experiment);
  const { waiting, inPlace } = taskStretches(experiment);
  let overloaded = 0;
  for (let part = 0; part < parts; part++) {
    const from = fromMs + (part * (toMs - fromMs)) / parts;
    const to = fromMs + ((part + 1) * (toMs - fromMs)) / parts;
    const taken = meanCount(inPlace, from, to);
    // What an engine took beyond its places waits as well.
    const queued = meanCount(waiting, from, to) + Math.max(0, taken - places);
    if (taken >= placesTakenRatio * places && queued > Math.max(places, shortQueue) + tasksPerRun) overloaded++;
  }
  return overloaded / parts;
}
