import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/**
 * Files that take long; begun last, one of them would run on alone. The longest first, and between those that want the processors (notebooks,
 * commands) those that mostly wait.
 */
const longFiles = [
  'browser/live-experiment',
  'notebook/run-notebook',
  'experiment/lost-database',
  'contract/procrastinate',
  'described/check-target',
  'cli/interrupt',
  'experiment/rss-growth',
  'notebooks/tuning',
  'faults/real-engines',
  'notebooks/compare',
  'contract/ork',
  'notebooks/load',
  'contract/ork-command',
  'notebooks/capacity',
  'contract/dbos',
  'notebooks/latency',
  'contract/graphile-worker',
  'notebooks/engines',
  'contract/pg-boss',
  'database/shared-server',
];

/** Folders whose tests try functions that keep nothing: their files share what they import, which takes a third of their time each. */
const pureFolders = ['analysis', 'config', 'plots', 'random', 'report', 'results', 'statistics'].map(
  (name) => `lib/test/${name}/**/*.test.ts`,
);

/** What is measured in them is held against arithmetic to 5 %, or judged by a bench: other tests beside them take more than that. */
const exactFiles = ['lib/test/targets/ceilings.test.ts', 'lib/test/ci/action.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = longFiles.length;
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = longFiles.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return place < 0 ? others : place;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'functions', include: pureFolders, isolate: false } },
      { extends: true, test: { name: 'processes', include: ['lib/test/**/*.test.ts'], exclude: [...pureFolders, ...exactFiles] } },
      // When all others have ended, one at a time.
      { extends: true, test: { name: 'exact', include: exactFiles, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    // Real servers, schedulers and kernels are started: a limit that only something that hangs reaches.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // On two cores: a third of the time a test file waits for what it started, and so others can use the processors.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: process.env['CI'] ? ['default', 'github-actions'] : ['default'],
  },
});
