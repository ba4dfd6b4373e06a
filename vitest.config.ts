import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/**
 * Files that take long; begun last, one of them would run on alone. The longest first, and between two notebooks, which want the processors,
 * one that mostly waits.
 */
const longFiles = [
  'notebooks/capacity',
  'described/check-target',
  'experiment/lost-database',
  'notebooks/tuning',
  'browser/live-experiment',
  'notebooks/compare',
  'cli/interrupt',
  'notebooks/load',
  'database/shared-server',
  'notebooks/latency',
  'notebooks/engines',
];

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
    include: ['lib/test/**/*.test.ts'],
    // Real servers, schedulers and kernels are started: a limit that only something that hangs reaches.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // On two cores: a third of the time a test file waits for what it started, and so others can use the processors.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: process.env['CI'] ? ['default', 'github-actions'] : ['default'],
  },
});
