/**
 * How often does a comparison see what is there, and what is not? `node bench/detection.ts [--comparisons 100] [--rounds 10]`
 *
 * Simulated by seed, through the whole of `compareExperiments` with its eight figures: experiments with 2 % of noise each (a part of it shared by all
 * times and rates, as in real ones), a planted slowdown of 5 %, and none. Every aim is printed as met or missed; exits with 1 where one is not.
 *
 *     node bench/detection.ts --real [--target graphile-worker] [--delay 0.05]
 *
 * runs a real engine in turn with a task script, with itself again (A and A) and with one whose tasks take longer by the delay (A and B).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareExperiments } from '../lib/src/analysis/compare-experiments.ts';
import { historyOf } from '../lib/src/analysis/history.ts';
import type { HistoryPoint } from '../lib/src/analysis/history-point.ts';
import { textComparison } from '../lib/src/report/text-findings.ts';
import type { Experiment } from '../lib/src/results/experiment.ts';
import { seededRandom } from '../lib/src/random/seeded-random.ts';
import { figuredExperiment } from '../lib/test/support/figured-experiment.ts';
import { seededNormal } from '../lib/test/statistics/simulate.ts';
import { runPlanted } from './support/planted-delay.ts';

const { values: options } = parseArgs({
  options: {
    comparisons: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '10' },
    real: { type: 'boolean', default: false },
    target: { type: 'string', default: 'graphile-worker' },
    delay: { type: 'string', default: '0.05' },
  },
});
const comparisons = Number(options.comparisons);
const rounds = Number(options.rounds);

const times = new Set(['response.p50', 'response.p99', 'latency.p50', 'latency.p99']);
const base: Readonly<Record<string, number>> = {
  'throughput.tasksPerSecond': 100,
  'response.p50': 0.5,
  'response.p99': 2,
  'latency.p50': 0.4,
  'latency.p99': 1.9,
  'scheduler.cpuPerTask': 0.002,
  'postgres.cpuPerTask': 0.003,
  'scheduler.rssBytesPeak': 9e7,
};

interface Scenario {
  readonly name: string;
  /** What of B is longer by 5 %: all times and the rate, p99 alone, or nothing. */
  readonly planted: 'times' | 'p99' | 'nothing';
  /** Standard deviation of an experiment's figures, as a ratio. */
  readonly noise?: number;
  /** One experiment in ten is disturbed: ten times the noise. */
  readonly isDisturbed?: boolean;
  /** The machine becomes slower by this ratio from the first round to the last. */
  readonly drift?: number;
  readonly pairing?: 'auto' | 'none';
  /** At least or at most so many of 100 comparisons. */
  readonly aim?: readonly ['slower' | 'alarm', 'at least' | 'at most', number];
}

const scenarios: readonly Scenario[] = [
  { name: '5 % in times and rate, pairs', planted: 'times', aim: ['slower', 'at least', 95] },
  { name: '5 % in times and rate, two groups', planted: 'times', pairing: 'none', aim: ['slower', 'at least', 95] },
  { name: '5 % in p99 alone, pairs', planted: 'p99' },
  { name: '5 % in times and rate, 20 % of drift, pairs', planted: 'times', drift: 0.2 },
  { name: '5 % in times and rate, 20 % of drift, two groups', planted: 'times', drift: 0.2, pairing: 'none' },
  { name: 'A and A, pairs', planted: 'nothing', aim: ['alarm', 'at most', 5] },
  { name: 'A and A, two groups', planted: 'nothing', pairing: 'none', aim: ['alarm', 'at most', 5] },
  { name: 'A and A, 10 % of noise, pairs', planted: 'nothing', noise: 0.1, aim: ['alarm', 'at most', 5] },
  { name: 'A and A, one in ten disturbed, pairs', planted: 'nothing', isDisturbed: true, aim: ['alarm', 'at most', 5] },
  { name: 'A and A, 20 % of drift, pairs', planted: 'nothing', drift: 0.2, aim: ['alarm', 'at most', 5] },
];

const results = await mkdtemp(join(tmpdir(), 'orchlab-detection-'));
try {
  if (options.real) await compareReal();
  else await simulateAll();
} finally {
  await rm(results, { recursive: true, force: true });
}

async function simulateAll(): Promise<void> {
  console.log(`${comparisons} comparisons each, ${rounds} rounds, margin 3 %; of 100, by any of ${Object.keys(base).length} figures:`);
  console.log('slower: any is slower and none faster; alarm: any is better or worse; equivalent: all are');
  for (const scenario of scenarios) {
    const counts = { slower: 0, alarm: 0, equivalent: 0, p99: 0 };
    for (let seed = 1; seed <= comparisons; seed++) {
      const { a, b } = await experimentsOf(scenario, seed);
      const { judged } = compareExperiments(a, b, { pairing: scenario.pairing ?? 'auto', seed });
      const answers = new Set(judged.map(({ answer }) => answer));
      if (answers.has('slower') && !answers.has('faster')) counts.slower += 1;
      if (judged.some(({ outcome }) => outcome === 'better' || outcome === 'worse')) counts.alarm += 1;
      if (answers.size === 1 && answers.has('equivalent')) counts.equivalent += 1;
      if (judged.find(({ name }) => name === 'response.p99')?.answer === 'slower') counts.p99 += 1;
    }
    const share = (count: number): string => `${Math.round((100 * count) / comparisons)}`.padStart(3);
    const line = `slower ${share(counts.slower)}  p99 slower ${share(counts.p99)}  alarm ${share(counts.alarm)}  equivalent ${share(counts.equivalent)}`;
    console.log(`${scenario.name.padEnd(52)} ${line}${aimWords(scenario, counts)}`);
  }
  for (const change of [0, 0.05]) {
    const { found, others } = historiesOf(change);
    const words =
      change === 0
        ? `any change in ${others} of ${comparisons}`
        : `found within 2 experiments in ${found} of ${comparisons}, another change in ${others}`;
    console.log(`${`history of 60, ${change === 0 ? 'none planted' : '5 % of p99 planted at 30'}`.padEnd(52)} ${words}`);
  }
}

function aimWords({ aim }: Scenario, counts: Readonly<Record<'slower' | 'alarm', number>>): string {
  if (!aim) return '';
  const [what, bound, limit] = aim;
  const seen = (100 * counts[what]) / comparisons;
  const isMet = bound === 'at least' ? seen >= limit : seen <= limit;
  if (!isMet) process.exitCode = 1;
  return `  aim: ${what} ${bound} ${limit}: ${isMet ? 'met' : 'MISSED'}`;
}

async function experimentsOf(
  { planted, noise = 0.02, drift = 0, isDisturbed = false }: Scenario,
  seed: number,
): Promise<{ readonly a: readonly Experiment[]; readonly b: readonly Experiment[] }> {
  const normal = seededNormal(seed);
  const random = seededRandom(seed);
  const one = async (round: number, isB: boolean): Promise<Experiment> => {
    const deviation = noise * (isDisturbed && random() < 0.1 ? 10 : 1);
    const shared = normal();
    const slow = (1 + (drift * round) / rounds) * (isB && planted === 'times' ? 1.05 : 1);
    const figures = Object.entries(base).map(([name, value]) => {
      const isRate = name === 'throughput.tasksPerSecond';
      const isOfTime = isRate || times.has(name);
      // 0.9 of the variance of times is the experiment's, the rest each figure's own.
      const factor = isOfTime
        ? slow * Math.exp(deviation * (Math.sqrt(0.9) * shared + Math.sqrt(0.1) * normal()))
        : Math.exp(deviation * normal());
      const own = isB && planted === 'p99' && name === 'response.p99' ? 1.05 : 1;
      return [name, isRate ? value / factor : value * factor * own] as const;
    });
    return figuredExperiment(results, {
      name: `${isB ? 'b' : 'a'}-${round}`,
      startedMs: Date.UTC(2026, 10, 23, 10, 2 * round + (isB ? 1 : 0)),
      figures: Object.fromEntries(figures),
    });
  };
  const a: Experiment[] = [];
  const b: Experiment[] = [];
  for (let round = 0; round < rounds; round++) {
    a.push(await one(round, false));
    b.push(await one(round, true));
  }
  return { a, b };
}

/** Eight figures over 60 experiments each, with 2 % of noise. */
function historiesOf(change: number): { readonly found: number; readonly others: number } {
  let found = 0;
  let others = 0;
  for (let seed = 1; seed <= comparisons; seed++) {
    const normal = seededNormal(seed);
    const points = Array.from({ length: 60 }, (_, index): HistoryPoint => {
      const words = {
        config: '',
        configHash: '',
        target: '',
        version: '',
        program: '',
        commit: '',
        label: '',
        orchlab: '',
        host: '',
        postgres: '',
      };
      const level = (name: string): number => (name === 'response.p99' && index >= 30 ? 1 + change : 1);
      const figures = Object.entries(base).map(([name, value]) => [name, value * level(name) * Math.exp(0.02 * normal())] as const);
      return { ...words, experiment: `${index}`, atMs: index, figures: Object.fromEntries(figures) };
    });
    const [line] = historyOf(points);
    const changes = line!.figures.flatMap(({ name, changes: each }) => each.map(({ point }) => ({ name, point })));
    const isPlanted = ({ name, point }: (typeof changes)[number]): boolean => name === 'response.p99' && Math.abs(point - 30) <= 2;
    if (change > 0 && changes.some(isPlanted)) found += 1;
    if (changes.some((each) => change === 0 || !isPlanted(each))) others += 1;
  }
  return { found, others };
}

async function compareReal(): Promise<void> {
  const { target } = options;
  const { a, again, delayed } = await runPlanted({ target, delayRatio: Number(options.delay), rounds, root: results });
  for (const [name, b] of [['A again', again] as const, [`A + ${options.delay}`, delayed] as const]) {
    const comparison = compareExperiments(a, b, { labels: ['A', name] });
    console.log(textComparison(comparison));
  }
}
