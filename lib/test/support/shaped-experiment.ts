import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { shapeSchema } from '../../src/config/shape.ts';
import { parentsOf, taskGraph } from '../../src/config/task-graph.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from './build-experiment.ts';

interface ShapedOptions {
  readonly runs?: number;
  readonly target?: string;
  readonly tasksPerRun?: number;
  readonly shape?: NonNullable<PerfConfigFile['shape']>;
  /** From the end of the last parent, or from when the run was due, to the begin of a task. Default 20 ms. */
  readonly gapMs?: number;
  /** How long a task works; asked for are 100 ms. Default: those. */
  readonly workMsOf?: (runIndex: number, taskIndex: number) => number;
}

/** An experiment in memory whose tasks come after one another, each begun the same gap after its last parent. */
export function shapedExperiment(options: ShapedOptions = {}): Experiment {
  const { runs = 30, target = 'dbos', tasksPerRun = 5, gapMs = 20, workMsOf = () => 100 } = options;
  const shape = shapeSchema.parse(options.shape ?? { fan_out_in: 3 });
  const built = buildExperiment({ runs, tasksPerRun, target, sendSeconds: 3 });
  const graph = taskGraph({ shape, tasks_per_workflow: tasksPerRun });
  if (!graph) throw new Error('expected a shape in which tasks come after one another');
  const tasks = (built.runs.objects() as Row<'runs'>[]).flatMap(({ runIndex, dueMs }) => {
    const ends: number[] = [];
    return Array.from({ length: tasksPerRun }, (_, taskIndex): Row<'tasks'> => {
      const readyMs = Math.max(dueMs, ...Array.from(parentsOf(graph, taskIndex), (parent) => ends[parent] ?? Number.NaN));
      const startedMs = readyMs + gapMs;
      const finishedMs = startedMs + workMsOf(runIndex, taskIndex);
      ends.push(finishedMs);
      const [createdMs, dispatchedMs] = [dueMs + 5, startedMs - 4];
      return { runIndex, taskIndex, status: 'finished', createdMs, dispatchedMs, startedMs, finishedMs, attempts: 1, executions: 1 };
    });
  });
  const { manifest, ...tables } = built;
  return replaceTables({ ...tables, manifest: { ...manifest, config: { ...manifest.config, shape } } }, { tasks });
}
