import { expect, it, onTestFinished, vi } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { tableGrowthOf } from '../../src/analysis/table-growth.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { plotTables } from '../../src/plots/plot-tables.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import type { CreateTarget } from '../../src/targets/target.ts';
import { createOracle } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

const postgres = usePrivateServer();

async function execute(createTarget: CreateTarget): Promise<{ directory: string; status: string; reason: string }> {
  const workspace = temporaryWorkspace();
  onTestFinished(() => workspace[Symbol.dispose]());
  vi.stubEnv('DATABASE_URL', postgres.server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const values = { workflows: 50, tasks_per_workflow: 10, duration: 0, executor: 'inline', target: 'oracle', history: 20_000 } as const;
  return executeExperiment(
    { config: createConfig(values), workspace, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: () => undefined },
    { createTarget },
  );
}

it('has ended tasks in the tables before the load, which are in no figure but those of the tables', async () => {
  const { createTarget } = createOracle({ seed: 1 });
  const { directory, status, reason } = await execute(createTarget);
  expect([status, reason]).toEqual(['done', '']);
  const experiment = await openExperiment(directory);
  expect(ledgerOf(experiment)).toMatchObject({ submitted: 500, finished: 500, ghosts: 0 });
  const [row, ...others] = tableGrowthOf(experiment).objects();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ table: 'oracle_task', indexBytes: 0, deadTuplesPeak: 0 });
  // Counted once; what the last connections inserted may be reported later.
  expect(row?.liveTuples).toBeGreaterThanOrEqual(20_000);
  expect(row?.liveTuples).toBeLessThanOrEqual(20_500);
  // 24 bytes of header, 7 of the text, 4 + 4 of whole numbers, 8 of the ending, 32 of times, and 4 of a pointer to it: some 85 in all.
  expect(figureOf(experiment, 'tables.bytesStart') / 20_000).toBeGreaterThan(70);
  expect(figureOf(experiment, 'tables.bytesStart') / 20_000).toBeLessThan(110);
  expect(figureOf(experiment, 'tables.bytesPerTask')).toBeGreaterThan(40);
  // A table that many write to at once is made longer by many pages at once, up to half a megabyte.
  expect(figureOf(experiment, 'tables.bytesPerTask')).toBeLessThan(1200);
  // It was vacuumed before: what is in the load is its own.
  expect(experiment.events.array('kind')).not.toContain('vacuum');
  expect(textSummary(summarize(experiment))).toContain('Ended tasks before the load: 20000');
  expect(htmlReport(experiment)).toContain('Largest tables');
  expect(plotToSvg(plotTables(experiment))).toContain('table and indexes (MB)');
});

it('refuses a target that can have none, with its reason', async () => {
  const { createTarget } = createOracle({ seed: 1 });
  const { status, reason } = await execute(async (context) => {
    const target = await createTarget(context);
    return Object.assign(target, { addHistory: undefined, noHistory: 'it forgets at once' });
  });
  expect([status, reason]).toEqual([
    'failed',
    'config custom history: expected a target that can be given ended tasks, got oracle: it forgets at once',
  ]);
});
