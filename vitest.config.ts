import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** Files that take a minute and more; begun last, one of them would run on alone. The longest first. */
const longFiles = ['contract', 'notebooks', 'check-target', 'lost-database', 'live-experiment'];

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
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: more test files at once only make each other slow.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    reporters: process.env['CI'] ? ['default', 'github-actions'] : ['default'],
  },
});
