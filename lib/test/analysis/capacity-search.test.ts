import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/random/seeded-random.ts';
import { type CapacityAnswer, type CapacityProbe, type ProbeResult, nextCapacityProbe } from '../../src/analysis/capacity-search.ts';

const places = 20;
const serviceSeconds = 0.1;
/** Nothing with these places and service times does more. */
const mostPerSecond = places / serviceSeconds;
const options = { start: 10, seconds: 30 };

/** On a simulated clock: runs of one task at random moments, first come first served, fixed service times; is the p99 of their response below 0.5 s? */
function isKept(runsPerSecond: number, seconds: number, random: () => number): boolean {
  const free = new Float64Array(places);
  const responses: number[] = [];
  for (let due = 0, next = 0; ; next = (next + 1) % places) {
    due += -Math.log(1 - random()) / runsPerSecond;
    if (due > seconds) break;
    // Fixed service times: places become free in the order in which they were taken.
    free[next] = Math.max(due, free[next]!) + serviceSeconds;
    responses.push(free[next]! - due);
  }
  const sorted = Float64Array.from(responses).sort();
  return sorted.length === 0 || sorted[Math.ceil(0.99 * sorted.length) - 1]! < 0.5;
}

function search(answerOf: (probe: CapacityProbe) => ProbeResult['answer']): { answer: CapacityAnswer; probes: readonly ProbeResult[] } {
  const probes: ProbeResult[] = [];
  for (;;) {
    const next = nextCapacityProbe(probes, options);
    if ('ended' in next) return { answer: next, probes };
    probes.push({ ...next, answer: answerOf(next) });
  }
}

/** Kept by half of the simulated runs at it. */
function trueCapacity(seconds: number): number {
  const random = seededRandom(4711);
  let [low, high] = [0.8 * mostPerSecond, 1.1 * mostPerSecond];
  while (high / low > 1.001) {
    const rate = Math.sqrt(low * high);
    const kept = Array.from({ length: 100 }, () => isKept(rate, seconds, random)).filter(Boolean).length;
    if (kept > 50) low = rate;
    else high = rate;
  }
  return Math.sqrt(low * high);
}

test('a target of known capacity is found within 5 %, and the interval holds it in 19 of 20 searches', () => {
  const truths = new Map([30, 90].map((seconds) => [seconds, trueCapacity(seconds)]));
  const searches = Array.from({ length: 20 }, (_, seed) => {
    const random = seededRandom(seed);
    const { answer } = search(({ runsPerSecond, seconds }) => (isKept(runsPerSecond, seconds, random) ? 'kept' : 'missed'));
    return { ...answer, truth: truths.get(answer.seconds)! };
  });
  expect(searches.map(({ ended }) => ended)).toEqual(searches.map(() => 'found'));
  for (const { runsPerSecond, truth } of searches) {
    expect(Math.abs(runsPerSecond.value / truth - 1)).toBeLessThan(0.05);
    // Nor is it far from what twenty places of 0.1 s can do at all.
    expect(Math.abs(runsPerSecond.value / mostPerSecond - 1)).toBeLessThan(0.05);
    expect(runsPerSecond.high / runsPerSecond.low).toBeLessThanOrEqual(1.05);
  }
  const holding = searches.filter(({ runsPerSecond, truth }) => runsPerSecond.low <= truth && truth <= runsPerSecond.high);
  expect(holding.length).toBeGreaterThanOrEqual(19);
});

const sharp = (edge: number) => (probe: CapacityProbe) => (probe.runsPerSecond <= edge ? 'kept' : 'missed') as ProbeResult['answer'];

test('an edge that is sharp is found with few probes, wherever it is', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 20_000, noNaN: true }), (edge) => {
      const { answer, probes } = search(sharp(edge));
      expect(answer.ended).toBe('found');
      expect(answer.runsPerSecond.low).toBeLessThanOrEqual(edge);
      expect(answer.runsPerSecond.high).toBeGreaterThanOrEqual(edge);
      expect(probes.at(-1)).toMatchObject({ seconds: 90, answer: 'kept' });
      expect(probes.length).toBeLessThanOrEqual(26);
    }),
    { numRuns: 30, seed: 1 },
  );
});

test('a search goes on where it was: each probe follows from those before it', () => {
  const { answer, probes } = search(sharp(137));
  probes.forEach((probe, index) => {
    const { runsPerSecond, seconds } = probe;
    expect(nextCapacityProbe(probes.slice(0, index), options)).toMatchObject({ runsPerSecond, seconds });
  });
  expect(nextCapacityProbe(probes, options)).toEqual(answer);
});

test('what builds up slowly is found by the long probe, and the answer is for as long as that', () => {
  // For 30 s the backlog may grow up to 110 runs/s, for 90 s up to 100.
  const { answer } = search(({ runsPerSecond, seconds }) => (runsPerSecond <= (seconds > 30 ? 100 : 110) ? 'kept' : 'missed'));
  expect(answer).toMatchObject({ ended: 'found', seconds: 90 });
  expect(answer.runsPerSecond.low).toBeLessThanOrEqual(100);
  expect(answer.runsPerSecond.high).toBeGreaterThanOrEqual(100);
  expect(answer.runsPerSecond.high).toBeLessThan(106);
});

test('one probe that went wrong for a reason of its own moves the answer by little', () => {
  let count = 0;
  const { answer } = search((probe) => (++count === 8 ? 'missed' : sharp(137)(probe)));
  expect(answer.ended).toBe('found');
  expect(Math.abs(answer.runsPerSecond.value / 137 - 1)).toBeLessThan(0.05);
});

test('what the driver can not offer is tried twice, then approached, and the answer has no upper end', () => {
  const { answer, probes } = search(({ runsPerSecond }) => (runsPerSecond > 90 ? 'discarded' : 'kept'));
  expect(answer.ended).toBe('not reached');
  expect(answer.runsPerSecond.low).toBeGreaterThan(80);
  expect(answer.runsPerSecond.low).toBeLessThanOrEqual(90);
  expect(answer.runsPerSecond.high).toBeNaN();
  expect(probes.filter(({ runsPerSecond }) => runsPerSecond === 160)).toHaveLength(2);
});

test('an objective that no load keeps is given up, with the lowest rate that missed it', () => {
  const { answer } = search(() => 'missed');
  expect(answer).toMatchObject({ ended: 'never kept' });
  // 10 runs in 30 seconds: below that nothing can be said.
  expect(answer.runsPerSecond.high).toBe(0.625);
});

test('a driver that discards everything ends the search', () => {
  const { answer, probes } = search(() => 'discarded');
  expect(answer.ended).toBe('not reached');
  expect(answer.runsPerSecond.low).toBeNaN();
  expect(probes.length).toBe(8);
});

test('a host that others use up near the edge ends the search with what is known', () => {
  const { answer, probes } = search((probe) => (probe.runsPerSecond > 100 && probe.runsPerSecond < 150 ? 'discarded' : sharp(137)(probe)));
  expect(answer.ended).toBe('too uncertain');
  expect(answer.runsPerSecond.low).toBeLessThanOrEqual(137);
  expect(answer.runsPerSecond.high).toBeGreaterThanOrEqual(137);
  expect(probes.slice(-8).map((probe) => probe.answer)).toEqual(Array(8).fill('discarded'));
});
