/**
 * Do the figures of faults find what was planted? `node bench/faults.ts [--seeds 100] [--load poisson] [--only stop]`
 *
 * Simulated by seed, through the whole of `faultLedger`: an engine with a queue and places, four kinds of load at three rates, and faults whose every lost, stuck and doubled task, and
 * every moment, is known. A row a load, a rate and a fault: tasks exact by their ids, in how many of 100 a drop was seen, and how far the moments found are from the true ones.
 * Every aim is printed as met or missed; exits with 1 where one is not.
 */
import { parseArgs } from 'node:util';
import { type FaultFigures, faultLedger } from '../lib/src/analysis/fault-ledger.ts';
import { type PlantedTruth, faultedExperiment } from '../lib/test/support/faulted-experiment.ts';
import { type PlantedScenario, plantedScenarios, planOf } from '../lib/test/support/fault-scenarios.ts';

const { values: options } = parseArgs({
  options: { seeds: { type: 'string', default: '100' }, only: { type: 'string', default: '' }, load: { type: 'string', default: '' } },
});
const seeds = Number(options.seeds);

/** Of 100 seeds. */
const leastRight = 95;
let missed = 0;

console.log(
  `${seeds} seeds each. exact: lost, stuck and doubled tasks by their ids; seen: of 100, a drop of the rate; within: of those seen, 0.1 s + a window`,
);
console.log(
  'of the truth (recovery: in which 20 tasks end, where places are gone 50, or 200 where tasks come at random; going on: a gap between dispatches); median and 95th percentile of the error in seconds.',
);
console.log(
  'load     rate fault                        exact | went on: found within  median    p95 | recovery: seen within  median    p95',
);
for (const scenario of plantedScenarios())
  if (scenario.name.includes(options.only) && scenario.load.includes(options.load)) printScenario(scenario);
console.log(missed === 0 ? 'Every aim was met.' : `${missed} aims were missed.`);
process.exitCode = missed === 0 ? 0 : 1;

function printScenario(scenario: PlantedScenario): void {
  const pairs: { readonly truth: PlantedTruth; readonly found: FaultFigures }[][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const { experiment, truths } = faultedExperiment(planOf(scenario, seed));
    const ledger = faultLedger(experiment);
    pairs.push(truths.map((truth, index) => ({ truth, found: ledger[index] as FaultFigures })));
  }
  for (let index = 0; index < scenario.faults.length; index++)
    printFault(
      scenario,
      index,
      pairs.flatMap((all) => all[index] ?? []),
    );
}

function printFault(
  scenario: PlantedScenario,
  index: number,
  pairs: readonly { readonly truth: PlantedTruth; readonly found: FaultFigures }[],
): void {
  const exact = pairs.filter(({ truth, found }) => isExact(truth, found)).length;
  const windowTasks = scenario.faults[index]?.effect === 'slow' ? (scenario.load === 'poisson' ? 200 : 50) : 20;
  const windowSeconds = windowTasks / scenario.perSecond;
  const [truly] = pairs.map(({ truth }) => truth);
  const wentOn = errors(
    pairs.map(({ truth, found }) => [truth.detectedSeconds, found.detectedSeconds]),
    0.1 + gapSeconds(scenario),
  );
  const recovery = errors(
    pairs.filter(({ found }) => found.recoverySeconds !== 0).map(({ truth, found }) => [truth.recoverySeconds, found.recoverySeconds]),
    0.1 + windowSeconds,
  );
  const seen = pairs.filter(({ found }) => found.recoverySeconds !== 0).length;
  const isSeen = scenario.isVisible && (truly?.recoverySeconds ?? 0) > 0;
  const wentOnWrong = wentOn.count - Math.round(wentOn.within * wentOn.count);
  const endsBelow = scenario.isVisible && index === scenario.faults.length - 1 && Number.isNaN(truly?.recoverySeconds);
  const notBack = pairs.filter(({ found }) => found.rateAfter === 'not back').length;
  const invented = truly?.recoverySeconds === 0 ? seen : seen - Math.round(recovery.within * recovery.count);
  const notes = [
    ...(exact === pairs.length ? [] : ['exact']),
    ...(isSeen && seen < (leastRight / 100) * pairs.length ? ['not seen'] : []),
    ...(isSeen && recovery.within < leastRight / 100 ? ['recovery'] : []),
    ...(endsBelow && notBack < (leastRight / 100) * pairs.length ? ['says back'] : []),
    ...(!isSeen && !Number.isNaN(truly?.recoverySeconds) && invented > (1 - leastRight / 100) * pairs.length ? ['invents'] : []),
    ...(!Number.isNaN(truly?.detectedSeconds) && wentOnWrong > (1 - leastRight / 100) * pairs.length ? ['going on'] : []),
  ];
  missed += notes.length;
  const name = `${scenario.name}${scenario.faults.length > 1 ? ` ${index + 1}` : ''}`;
  const share = (count: number): string => `${Math.round((100 * count) / pairs.length)}`.padStart(5);
  console.log(
    `${scenario.load.padEnd(8)} ${`${scenario.perSecond}`.padStart(4)} ${name.padEnd(28)} ${share(exact)} |          ${share(wentOn.count)}  ${wentOn.words} |          ${share(seen)}  ${recovery.words}${notes.length > 0 ? `  MISSED: ${notes.join(', ')}` : ''}`,
  );
}

function gapSeconds({ perSecond, load }: PlantedScenario): number {
  return (load === 'poisson' ? Math.log(100) : 1) / perSecond;
}

function isExact(truth: PlantedTruth, found: FaultFigures): boolean {
  const { lost, stuck, executedTwice } = found.tasks;
  const same = (one: readonly string[], other: readonly string[]): boolean => one.join() === other.join();
  return (
    same(lost, truth.tasks.lost) &&
    same(stuck, truth.tasks.stuck) &&
    same(executedTwice, truth.tasks.executedTwice) &&
    found.duplicates === truth.duplicates &&
    found.refusedRuns === truth.refusedRuns
  );
}

/** Of pairs of truth and found those that were found: how many, which share of them within the limit, and words for their errors. */
function errors(
  all: readonly (readonly [truth: number, found: number])[],
  limit: number,
): { count: number; within: number; words: string } {
  const found = all.filter(([, seconds]) => !Number.isNaN(seconds));
  const off = found
    .map(([truth, seconds]) => Math.abs(seconds - truth))
    .filter((each) => !Number.isNaN(each))
    .toSorted((a, b) => a - b);
  const within = off.filter((each) => each <= limit).length / (off.length || 1);
  const at = (p: number): string =>
    (off.length === 0 ? '-' : (off[Math.min(off.length - 1, Math.floor(p * off.length))] as number).toFixed(3)).padStart(6);
  return {
    count: found.length,
    within,
    words: `${off.length === 0 ? '     -' : `${Math.round(100 * within)}`.padStart(6)}  ${at(0.5)} ${at(0.95)}`,
  };
}
