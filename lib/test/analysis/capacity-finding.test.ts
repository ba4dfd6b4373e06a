import { describe, expect, it } from 'vitest';
import { capacityFinding, discardedWords } from '../../src/analysis/capacity-finding.ts';
import type { Capacity, JudgedProbe } from '../../src/analysis/capacity.ts';

const probe = (runsPerSecond: number, answer: JudgedProbe['answer'], reason = ''): JudgedProbe => ({
  runsPerSecond,
  answer,
  reason,
  seconds: 30,
  experiment: undefined,
  limitedBy: 'unknown',
  verdict: '',
});

function uncertain(low: number, high: number, probes: readonly JudgedProbe[]): Capacity {
  return {
    ended: 'too uncertain',
    seconds: 30,
    tasksPerRun: 1,
    objective: ['response.p99 < 1 s'],
    limitedBy: undefined,
    cause: '',
    probes,
    runsPerSecond: { value: Number.NaN, low, high, level: 0.95 },
  };
}

describe('what a search says that found no answer', () => {
  const bracket = [probe(40, 'kept'), probe(80, 'missed', 'the backlog grew')];

  it('where its probes were used up', () => {
    expect(capacityFinding(uncertain(45, 75, bracket))).toBe(
      "It holds 45 to 75 runs/s with response.p99 < 1 s, and it can't be told closer, as no more probes were made",
    );
    expect(discardedWords(uncertain(45, 75, bracket))).toBe('');
  });

  it('where a busy host spoils probe after probe: that, and each rate once', () => {
    const spoilt = Array.from({ length: 8 }, () => probe(57, 'discarded', "the host's CPU was used up"));
    const capacity = uncertain(45, 75, [
      ...bracket,
      probe(60, 'discarded', 'the driver did not offer this rate'),
      probe(57, 'kept'),
      ...spoilt,
    ]);
    expect(capacityFinding(capacity)).toMatch(/, and it can't be told closer, as the last 8 probes had to be discarded$/);
    expect(discardedWords(capacity)).toBe(
      "Discarded, as they say nothing of the target: 60 runs/s (the driver did not offer this rate); 8 times 57 runs/s (the host's CPU was used up).",
    );
    expect(capacityFinding(uncertain(40, Number.NaN, [probe(40, 'kept'), ...spoilt]))).toMatch(/how much more is not known, as the last 8/);
  });
});
