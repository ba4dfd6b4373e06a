import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { changeConfig, configValuesOf } from '../../src/config/change-config.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { describeWorkflows } from '../../src/config/describe-workflow.ts';
import { tasksByWorkflow, workflowsOf } from '../../src/config/mixed.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { ceilingsOf } from '../../src/targets/ceilings.ts';
import { findTarget } from '../../src/targets/registry.ts';
import { MissingProgramError } from '../../src/targets/target.ts';

const workspace = findWorkspace(import.meta.dirname);
const common = { tasks_per_workflow: 2, duration: 0.1 } as const;

function problemsOf(values: Partial<PerfConfigFile>): string[] {
  try {
    createConfig({ ...common, ...values });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, expected }) => `${key}: ${expected}`);
    throw error;
  }
}

async function refusalsOf(target: string, workflows: PerfConfigFile['workflows']): Promise<string[]> {
  try {
    await findTarget(createConfig({ ...common, workflows, target }), workspace);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, expected }) => `${key}: ${expected}`);
    // The config is accepted; that its program is not installed is another matter.
    if (error instanceof MissingProgramError) return [];
    throw error;
  }
}

describe('a list of workflows', () => {
  it('has from the config what a workflow does not say', () => {
    const config = createConfig({
      ...common,
      workflows: [
        { name: 'one', runs: 1 },
        { name: 'two', runs: 2, tasks: 3, shape: 'chain', duration: { exponential: 0.2 }, priority: 4, limits: { concurrency: 2 } },
      ],
    });
    expect(workflowsOf(config)).toEqual([
      { name: 'one', tasks: 2, duration: 0.1, shape: 'parallel', work: undefined, priority: 0, limits: {} },
      { name: 'two', tasks: 3, duration: { exponential: 0.2 }, shape: 'chain', work: undefined, priority: 4, limits: { concurrency: 2 } },
    ]);
    expect([tasksByWorkflow(config)('one'), tasksByWorkflow(config)('two')]).toEqual([2, 3]);
    expect(createConfig(configValuesOf(config), config.name)).toEqual(config);
    expect(describeWorkflows(config)[1]).toEqual([
      'two',
      '2 runs at once, 3 tasks each (chain), 0.2 s on average (exponential), priority 4, at most 2 running',
    ]);
  });

  it('of a config without one is the workflow of its name', () => {
    const config = createConfig({ ...common, workflows: 5 }, 'quick');
    expect(workflowsOf(config).map(({ name, tasks }) => [name, tasks])).toEqual([['quick', 2]]);
    expect(changeConfig(config, { duration: 1 }, 'test').duration).toBe(1);
  });

  it.each<[string, Partial<PerfConfigFile>, readonly string[]]>([
    [
      'a name twice',
      {
        workflows: [
          { name: 'a', runs: 1 },
          { name: 'a', runs: 1 },
        ],
      },
      ['workflows.1.name: a name of its own'],
    ],
    [
      'no size',
      { workflows: [{ name: 'a', arrival: { constant: 1 } }] },
      ['workflows.0.runs: a number of runs, or load_seconds here or in the config'],
    ],
    [
      'two sizes',
      { workflows: [{ name: 'a', runs: 2, load_seconds: 3, arrival: { constant: 1 } }] },
      ['workflows.0.load_seconds: either runs or load_seconds, not both'],
    ],
    [
      'a closed loop',
      { workflows: [{ name: 'a', runs: 2, arrival: { closed: 1 } }] },
      ['workflows.0.arrival: an open arrival: whose runs have ended is not told by workflow, and a closed loop sends as its own do'],
    ],
    [
      'tasks that a shape does not have',
      { workflows: [{ name: 'a', runs: 1, tasks: 3, shape: { tree: { fan: 2, depth: 2 } } }] },
      ['workflows.0.tasks: 7, the tasks of a tree of 2 levels below the first and a fan of 2'],
    ],
    [
      'a backlog',
      { backlog: 3, workflows: [{ name: 'a', runs: 1 }] },
      ['backlog: nothing here: with a list of workflows it is of none of them'],
    ],
    [
      'a name that is none',
      { workflows: [{ name: 'A b', runs: 1 }] },
      ['workflows.0.name: at most 31 of a-z, 0-9 and dashes, beginning with a letter'],
    ],
  ])('is refused with %s', (_, values, problems) => {
    expect(problemsOf(values)).toEqual(problems);
  });

  it('is refused by a target that has no means for what it asks, with the reason', async () => {
    const priorities: PerfConfigFile['workflows'] = [
      { name: 'a', runs: 1, priority: 1 },
      { name: 'b', runs: 1 },
    ];
    const limited = (limits: object): PerfConfigFile['workflows'] => [{ name: 'a', runs: 1, limits }];
    const rate = { rate: { tasks: 1, seconds: 1 } };
    for (const target of ['dbos', 'pg-boss', 'graphile-worker', 'procrastinate']) {
      expect(await refusalsOf(target, priorities), target).toEqual([]);
      expect(await refusalsOf(target, limited({ concurrency: 1 })), target).toEqual([]);
    }
    expect(await refusalsOf('dbos', limited(rate))).toEqual([]);
    expect(await refusalsOf('pg-boss', limited(rate))).toEqual([
      'workflows.0.limits.rate: nothing (pg-boss throttles what is sent to it, and has no limit of how many jobs begin in a time)',
    ]);
    expect(await refusalsOf('graphile-worker', limited({ concurrency: 2 }))).toEqual([
      'workflows.0.limits.concurrency: nothing (graphile-worker runs the jobs of a named queue one after the other, and has no other limit of its own)',
    ]);
    expect(await refusalsOf('procrastinate', limited({ concurrency: 2 }))).toEqual([
      'workflows.0.limits.concurrency: nothing (procrastinate has locks, which let one task run at once)',
    ]);
    expect(await refusalsOf('ork', priorities)).toEqual(
      ['priority', 'priority'].map(
        (key, index) =>
          `workflows.${index}.${key}: one for all workflows (ork dispatches what is ready in the order in which it was made, and has no priorities)`,
      ),
    );
    expect(
      await refusalsOf('ork', [
        { name: 'a', runs: 1, tasks: 1 },
        { name: 'b', runs: 1 },
      ]),
    ).toEqual(['workflows: one number of tasks in all (the submission of ork does not use {{task_count}})']);
  });

  it('has ceilings of what all of them offer and take', () => {
    const config = createConfig({
      ...common,
      load_seconds: 10,
      workflows: [
        { name: 'a', arrival: { constant: 10 }, tasks: 1, duration: 0.1 },
        { name: 'b', arrival: { constant: 10 }, tasks: 3, duration: 0.5 },
      ],
    });
    const ceilings = ceilingsOf({ places: { kind: 'bounded', count: 8, by: 'places', settings: [] } }, config);
    const value = (name: string, figure: string): number =>
      ceilings.find((each) => each.name === name && each.figure === figure)?.value ?? Number.NaN;
    expect(value('arrival', 'throughput.tasksPerSecond')).toBe(40);
    expect(value('arrival', 'throughput.runsPerSecond')).toBe(20);
    // A quarter of the tasks takes 0.1 s, the others 0.5 s.
    expect(value('places', 'throughput.tasksPerSecond')).toBeCloseTo(8 / 0.4, 9);
  });
});
