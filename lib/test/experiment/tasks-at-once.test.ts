import { expect, it } from 'vitest';
import { placesFinding, tasksToTry } from '../../src/experiment/tasks-at-once.ts';
import type { Places } from '../../src/results/target-profile.ts';

const bounded: Places = { kind: 'bounded', count: 4, by: 'concurrency 4' };
const unbounded: Places = { kind: 'unbounded' };
const unknown: Places = { kind: 'unknown' };

it('submits more tasks than there are places, and few enough to be tried', () => {
  expect([bounded, unbounded, unknown].map((places) => tasksToTry(places, 4))).toEqual([8, 12, 12]);
  expect(tasksToTry({ ...bounded, count: 100 }, 4)).toBe(150);
  expect(tasksToTry({ ...bounded, count: 101 }, 4)).toBeUndefined();
});

it.each([
  [bounded, 4, {}],
  [bounded, 5, { problem: '5 of 9 tasks ran at once, more than the 4 places that the target declares (concurrency 4)' }],
  [bounded, 9, { problem: 'all 9 tasks ran at once, more than the 4 places that the target declares (concurrency 4)' }],
  [
    bounded,
    1,
    { problem: '1 of 9 tasks ran at once, fewer than the 4 places that the target declares (concurrency 4), while the others waited' },
  ],
  [bounded, 0, { problem: 'none of 9 tasks had begun: how many run at once could not be seen' }],
  [unbounded, 9, {}],
  [unbounded, 8, { problem: '8 of 9 tasks ran at once while the others waited, though `places` says that nothing bounds them' }],
  [unknown, 9, { note: 'it had all 9 tasks running at once: say so in `places` (unbounded, or what bounds them at more)' }],
  [unknown, 3, { note: 'it had 3 tasks running at once while 6 waited: say so in `places`' }],
] as const)('of %j, with %d of 9 tasks at once, says %j', (places, running, finding) => {
  expect(placesFinding(places, { submitted: 9, running })).toEqual(finding);
});
