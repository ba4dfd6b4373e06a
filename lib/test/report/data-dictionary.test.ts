import { firingsOf } from '../../src/analysis/firings.ts';
import { periodicExperiment } from '../support/periodic-experiment.ts';
import type { ColumnTable } from 'arquero';
import { table } from 'arquero';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareTargets } from '../../src/analysis/compare-targets.ts';
import { metricsOf } from '../../src/analysis/engine-metrics.ts';
import { figureTables } from '../../src/analysis/figure-tables.ts';
import { latencyOverTime } from '../../src/analysis/latency-over-time.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { latencyQuantiles } from '../../src/analysis/merged-histogram.ts';
import { overviewOf } from '../../src/analysis/overview.ts';
import { regimesOf } from '../../src/analysis/regimes.ts';
import { resourceSeries } from '../../src/analysis/resource-series.ts';
import { resourcesOf } from '../../src/analysis/resources.ts';
import { scheduleLagOf } from '../../src/analysis/schedule-lag.ts';
import { statementsOf } from '../../src/analysis/statements.ts';
import { taskPhases } from '../../src/analysis/task-phases.ts';
import { workflowTable } from '../../src/analysis/workflow-table.ts';
import { taskStates } from '../../src/analysis/task-states.ts';
import { throughputOf } from '../../src/analysis/throughput.ts';
import { idleOf } from '../../src/analysis/idle.ts';
import { faultTasksOf, faultsOf } from '../../src/analysis/faults-of.ts';
import { ganttOf } from '../../src/analysis/gantt.ts';
import { dependencyGapsOf, makespansOf } from '../../src/analysis/run-tables.ts';
import { widthOverTime } from '../../src/analysis/width-over-time.ts';
import { executionsOf } from '../../src/analysis/work-figures.ts';
import { bystanderOf } from '../../src/analysis/bystander.ts';
import { tableGrowthOf } from '../../src/analysis/table-growth.ts';
import { waitsOf } from '../../src/analysis/waits.ts';
import { meaningsByTable, meaningsOf } from '../../src/report/column-meanings.ts';
import { dataDictionary } from '../../src/report/data-dictionary.ts';
import { htmlTable } from '../../src/report/html-table.ts';
import type { Column, Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';
import { shapedExperiment } from '../support/shaped-experiment.ts';

import { idleExperiment } from '../support/idle-experiment.ts';
import { regimeExperiment } from '../support/regime-experiment.ts';

const built = buildExperiment();
const dueMs = built.manifest.times.loadStartedMs ?? Number.NaN;
const experiment = replaceTables(built, {
  metrics: [{ atMs: 1, instance: 0, metric: 'total_loop_ms', value: 2 }],
  bystander: [{ dueMs, sentMs: dueMs, committedMs: dueMs + 1, error: '' }],
});

// After the first that ended: some took longer than that one.
const beganMs = Math.min(...experiment.tasks.array('finishedMs')) + 0.01;
const faulty = replaceTables(experiment, { events: [{ beganMs, endedMs: beganMs, kind: 'kill', subject: 'scheduler 0', detail: '' }] });

const shaped = shapedExperiment();
const [firstRun] = experiment.runs.objects() as Row<'runs'>[];
const worked = replaceTables(experiment, {
  executions: [{ atMs: 1, runId: firstRun?.runId ?? '', taskIndex: 0, executionId: 'x', beganMs: 1, endedMs: 2, outcome: 'finished' }],
});

const returned: Readonly<Record<keyof typeof figureTables, ColumnTable>> = {
  latencyOf: latencyOf(experiment),
  latencyOverTime: latencyOverTime(experiment),
  latencyQuantiles: latencyQuantiles(experiment),
  workflowTable: workflowTable(experiment),
  taskPhases: taskPhases(experiment),
  scheduleLagOf: scheduleLagOf(experiment),
  throughputOf: throughputOf(experiment),
  taskStates: taskStates(experiment),
  makespansOf: makespansOf(shaped),
  dependencyGapsOf: dependencyGapsOf(shaped),
  widthOverTime: widthOverTime(shaped),
  ganttOf: ganttOf(shaped),
  idleOf: idleOf(idleExperiment()),
  tableGrowthOf: tableGrowthOf(experiment),
  resourcesOf: resourcesOf(experiment),
  resourceSeries: resourceSeries(experiment),
  metricsOf: metricsOf(experiment),
  executionsOf: executionsOf(worked),
  firingsOf: firingsOf(periodicExperiment()),
  faultsOf: faultsOf(faulty),
  faultTasksOf: faultTasksOf(faulty),
  statementsOf: statementsOf(experiment),
  bystanderOf: bystanderOf(experiment),
  waitsOf: waitsOf(experiment),
  regimesOf: regimesOf(
    regimeExperiment({
      seed: 1,
      parts: [
        { seconds: 30, tasksPerSecond: 20 },
        { seconds: 30, tasksPerSecond: 200 },
      ],
    }),
  ),
  overviewOf: overviewOf([experiment]),
  compareTargets: compareTargets([experiment]),
};

const jsTypes = { float64: 'number', int32: 'number', utf8: 'string', bool: 'boolean', label: 'string' } as const;

describe('data dictionary', () => {
  it.each(Object.entries(returned))('%s returns the columns that are declared', (name, content) => {
    const columns: Readonly<Record<string, Column>> = figureTables[name as keyof typeof figureTables].columns;
    expect(content.columnNames()).toEqual(Object.keys(columns));
    expect(content.numRows()).toBeGreaterThan(0);
    const row = content.object(0) as Readonly<Record<string, unknown>>;
    expect(Object.entries(row).map(([column, value]) => [column, typeof value])).toEqual(
      Object.entries(columns).map(([column, [type]]) => [column, typeof type === 'string' ? jsTypes[type] : 'string']),
    );
  });

  it('docs/data.md is up to date (npm run dictionary writes it)', () => {
    expect(readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8')).toBe(dataDictionary());
  });
});

describe('a heading', () => {
  it('has what the column means and its unit as its tooltip, of the table that it is of', () => {
    const head = /<thead>.*<\/thead>/.exec(htmlTable(experiment.tasks, { headings: 'names', limit: 1 }))?.[0] ?? '';
    expect(head).toContain(
      'title="When it was taken off the queue. Milliseconds since 1970, shown as the time of day in UTC.">dispatchedMs (UTC)</th>',
    );
    expect(head).toContain('title="Which of the tasks of its run, from 0.">taskIndex</th>');
    expect(htmlTable(throughputOf(experiment), { headings: 'names' })).toContain(
      'title="When it ends; the last one where the experiment did. Seconds.">endSeconds</th>',
    );
  });

  it('keeps it in a table made of that one, and has only its unit in any other', () => {
    const own = experiment.tasks
      .select('runIndex', 'createdMs', 'finishedMs')
      .derive({ lastedMs: (row) => row.finishedMs - row.createdMs });
    expect([...meaningsOf(own.columnNames()).keys()]).toEqual(['runIndex', 'createdMs', 'finishedMs']);
    expect(meaningsOf(['count', 'colour']).size).toBe(0);
    expect(htmlTable(table({ count: [1], delaySeconds: [2] }), { headings: 'names' })).toContain(
      '<th class="number" style="text-align:right">count</th><th class="number" style="text-align:right" title="Seconds.">delaySeconds</th>',
    );
    expect(meaningsOf(['constructor', 'toString']).size).toBe(0);
  });

  it('may mean different things in different tables', () => {
    expect([...meaningsByTable('status').keys()]).toEqual(['tasks', 'runs', 'overviewOf']);
    expect(meaningsByTable('toString').size).toBe(0);
  });
});
