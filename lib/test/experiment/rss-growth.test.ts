import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rssGrowthOf } from '../../src/analysis/rss-growth.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const repository = findWorkspace(import.meta.dirname);
const workspace = useTemporaryWorkspace();
const planted = 4e6 * 3600;

/** The engine of docs/examples, whose scheduler keeps so much more memory each second, for 24 s. */
async function experimentThatLeaks(bytesPerSecond: number): Promise<Experiment> {
  const script = '{{target_directory}}/minimal-engine.mjs';
  const text = readFileSync(join(repository.root, 'docs/examples/minimal.yaml'), 'utf8')
    .replace(
      `'${script}'`,
      `'--import', '${join(import.meta.dirname, '../support/leak.mjs')}', '${join(repository.root, 'docs/examples/minimal-engine.mjs')}'`,
    )
    // What is given back is the kernel's at once: else the holes between what is kept grow as well.
    .replace('  env:\n', `  env:\n    LEAK_BYTES_PER_SECOND: '${bytesPerSecond}'\n    MALLOC_MMAP_THRESHOLD_: '65536'\n`);
  expect(text).not.toContain(script);
  const target = join(workspace.current.root, `leaks-${bytesPerSecond}.yaml`);
  writeFileSync(target, text);
  const config = createConfig({ target, arrival: { constant: 2 }, load_seconds: '36s', tasks_per_workflow: 1, duration: 0 });
  const { directory, reason } = await executeExperiment(
    { config, workspace: workspace.current, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  expect(reason).toBe('');
  return openExperiment(directory);
}

it('finds the leak of a real scheduler, and none where there is none', async () => {
  // One after the other: each has a process of its own, but in a test.
  const leaking = await experimentThatLeaks(planted / 3600);
  const unleaking = await experimentThatLeaks(0);
  const growth = rssGrowthOf(leaking, 'scheduler', { leastSeconds: 12 });
  const flat = rssGrowthOf(unleaking, 'scheduler', { leastSeconds: 12, smallBytesPerHour: planted / 4 });
  expect(growth.verdict).toBe('grows');
  // On a busy machine 36 seconds may be too short to tell that it does not.
  expect(flat.verdict).not.toBe('grows');
  // In its first seconds Node itself comes to its size, which is in both.
  expect(growth.lowBytesPerHour - flat.highBytesPerHour).toBeLessThanOrEqual(planted);
  expect(growth.highBytesPerHour - flat.lowBytesPerHour).toBeGreaterThanOrEqual(planted);
  expect((growth.bytesPerHour - flat.bytesPerHour) / planted).toBeGreaterThan(0.9);
  expect((growth.bytesPerHour - flat.bytesPerHour) / planted).toBeLessThan(1.1);

  // Without being asked for less, of so short a time nothing is said.
  expect(summarize(leaking).schedulerRssGrowth).toMatchObject({ verdict: 'too-short', bytesPerHour: null });
  expect(summarize(leaking).figures['scheduler.rssBytesPerHour']).toBeNull();
  expect(textSummary(summarize(leaking))).toContain('Scheduler RSS over time: too short to tell (');
});
