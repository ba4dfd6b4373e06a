import { expect, it } from 'vitest';
import { RefusedLoad } from '../../src/experiment/refused-load.ts';

type Answer = 'submitted' | 'rejected';

/** The reasons to end a load of runs that are answered so, one every so many seconds. */
function reasonsOf(answers: readonly Answer[], intervalSeconds: number, error: string): readonly string[] {
  const reasons: string[] = [];
  const load = new RefusedLoad((reason) => reasons.push(reason));
  for (const [runIndex, status] of answers.entries()) {
    const ms = 1000 * intervalSeconds * runIndex;
    const isRejected = status === 'rejected';
    load.take('runs', {
      runIndex,
      runId: '',
      dueMs: ms,
      sentMs: ms,
      acknowledgedMs: ms,
      status,
      error: isRejected ? error : '',
      workflow: 'standard',
      warmUp: false,
    });
  }
  return reasons;
}

const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);

it('a load of which nothing is accepted for 10 s is ended, with what the engine said', () => {
  expect(reasonsOf(times(101, 'rejected'), 0.1, 'no such queue')).toEqual([
    'the engine accepted no run for 10 s, and rejected 101 in a row, the last with: no such queue',
  ]);
  expect(reasonsOf(times(100, 'rejected'), 0.1, 'no such queue')).toEqual([]);
  // Of a slow load ten.
  expect(reasonsOf(times(9, 'rejected'), 5, 'no such queue')).toEqual([]);
  expect(reasonsOf(times(10, 'rejected'), 5, 'no such queue')).toHaveLength(1);
});

it('one of which something was accepted goes on, but where Postgres can not be written to', () => {
  const answers = [...times(1, 'submitted'), ...times(101, 'rejected')];
  expect(reasonsOf(answers, 0.1, 'the queue is full')).toEqual([]);
  expect(reasonsOf(answers, 0.1, 'cannot execute INSERT in a read-only transaction')).toEqual([
    'the engine accepted no run any more for 10 s, and rejected 101 in a row, the last with: cannot execute INSERT in a read-only transaction',
  ]);
  const readOnlyForAMoment = [...times(100, 'rejected'), ...times(1, 'submitted'), ...times(100, 'rejected')];
  expect(reasonsOf(readOnlyForAMoment, 0.1, 'cannot execute INSERT in a read-only transaction')).toEqual([]);
});
