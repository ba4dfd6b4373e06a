import { table } from 'arquero';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jupyterDirectory, jupyterState } from '../../src/notebook/jupyter-state.ts';
import { completeColumn, describeAt } from '../../src/notebook/kernel/table-hints.ts';
import { buildExperiment, writeExperiment } from '../support/build-experiment.ts';
import { testEnvironment, workspace } from './notebook-fixture.ts';

interface Request {
  readonly request: 'complete' | 'inspect';
  /** The cursor is at its mark. */
  readonly code: string;
}

interface Reply {
  readonly matches?: readonly string[];
  readonly data?: Readonly<Record<string, string>>;
}

const requests = {
  argument: { request: 'complete', code: "experiment.tasks.array('|" },
  prefix: { request: 'complete', code: "experiment.tasks.orderby('cre|')" },
  row: { request: 'complete', code: 'experiment.tasks.filter((task) => task.st|)' },
  afterVerb: { request: 'complete', code: "experiment.tasks.filter((task) => task.attempts > 1).select('runIndex', '|')" },
  derived: {
    request: 'complete',
    code: "experiment.tasks.derive({ lastedMs: (task) => task.finishedMs - task.createdMs }).array('last|')",
  },
  rolledUp: { request: 'complete', code: "experiment.tasks.groupby('status').rollup({ tasks: op.count() }).orderby('|')" },
  own: { request: 'complete', code: "own.groupby(['colour', '|" },
  returned: { request: 'complete', code: "latencyOf(experiment).orderby('p9|')" },
  other: { request: 'complete', code: 'experiment.mani|' },
  table: { request: 'inspect', code: 'show(experiment.ta|sks)' },
  ownTable: { request: 'inspect', code: 'own|' },
  column: { request: 'inspect', code: 'experiment.tasks.filter((task) => task.dispatched|Ms > 0)' },
} as const satisfies Readonly<Record<string, Request>>;

describe('in the kernel', () => {
  let replies: Readonly<Record<keyof typeof requests, Reply>>;
  let directory: string;

  beforeAll(async () => {
    const { python } = await testEnvironment();
    await mkdir(workspace.state, { recursive: true });
    directory = await mkdtemp(join(workspace.state, 'test-hints-'));
    await writeExperiment(buildExperiment(), join(directory, 'experiment'));
    const asked = {
      directory,
      cells: [
        "import { from, op } from 'arquero';\nimport { latencyOf, openExperiment } from 'orchlab';",
        "const experiment = await openExperiment('experiment');\nconst own = from([{ colour: 'red', weightGrams: 3 }]);",
      ],
      requests: Object.values(requests),
    };
    const { stdout, stderr, status } = spawnSync(python, [fileURLToPath(new URL('ask_kernel.py', import.meta.url))], {
      input: JSON.stringify(asked),
      encoding: 'utf8',
      env: { ...process.env, ...jupyterState(jupyterDirectory(workspace)) },
    });
    expect(status, stderr).toBe(0);
    const list = JSON.parse(stdout) as readonly Reply[];
    replies = Object.fromEntries(Object.keys(requests).map((name, index) => [name, list[index]])) as never;
  });

  afterAll(async () => rm(directory, { recursive: true, force: true }));

  it('the columns of a table complete where a verb takes them', () => {
    expect(replies.argument.matches?.slice(0, 4)).toEqual(['runIndex', 'taskIndex', 'status', 'createdMs']);
    expect(replies.prefix.matches).toEqual(['createdMs']);
    expect(replies.own.matches).toEqual(['colour', 'weightGrams']);
    expect(replies.other.matches).toEqual(['manifest']);
  });

  it('types know them in expressions and after verbs', () => {
    expect(replies.row.matches).toEqual(['startedMs', 'status']);
    expect(replies.afterVerb.matches).toContain('executions');
    expect(replies.derived.matches).toContain('lastedMs');
    expect(replies.rolledUp.matches).toEqual(['status', 'tasks']);
    expect(replies.returned.matches).toEqual(['p90Seconds', 'p999Seconds', 'p99Seconds']);
    // What is typed is replaced, not added to.
    expect(replies.returned).toMatchObject({ cursor_start: 31, cursor_end: 33 });
  });

  it('hover lists what the columns of a table mean, and what a column does', () => {
    const { 'text/plain': words = '' } = replies.table.data ?? {};
    expect(words).toMatch(/^\(property\) Experiment\.tasks: .*"tasks"/);
    expect(words).toMatch(/\n {2}dispatchedMs {2}When it was taken off the queue\.\n/);
    expect(replies.ownTable.data?.['text/plain']).toMatch(/A table of 1 row\.\n {2}colour\n {2}weightGrams$/);
    expect(replies.column.data?.['text/plain']).toBe('(property) dispatchedMs: number\n\nWhen it was taken off the queue.');
  });
});

describe('hints', () => {
  const own = table({ createdMs: [1, 2], other: ['a', 'b'] });
  const experiment = Object.defineProperty({ manifest: {} }, 'tasks', {
    get() {
      throw new Error('reads a file');
    },
  });

  it('ask no file for its columns', () => {
    expect(describeAt('experiment.tasks', 16, { experiment })).toMatch(/^One row a task that the driver submitted/);
    expect(completeColumn("experiment.tasks.get('exe", 25, { experiment })).toEqual({ start: 22, end: 25, matches: ['executions'] });
    expect(describeAt('experiment.nothing', 18, { experiment })).toBeUndefined();
  });

  it('are given where a column is named, and nowhere else', () => {
    const complete = (code: string): readonly string[] | undefined => completeColumn(code, code.length, { own })?.matches;
    expect(complete("own.orderby('createdMs', \"o")).toEqual(['other']);
    expect(complete('own . select(["')).toEqual(['createdMs', 'other']);
    for (const code of ["own.derive({ x: '", "own.get('other') + '", "unknown.get('", "own.get(''", "get('", 'own.get('])
      expect(complete(code)).toBeUndefined();
    expect(describeAt('own.numRows()', 13, { own })).toBeUndefined();
    expect(describeAt('own', 0, { own })).toBe('A table of 2 rows.\n  createdMs\n  other');
  });
});
