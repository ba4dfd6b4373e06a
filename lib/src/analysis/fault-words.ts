import type { FaultFigures } from './fault-ledger.ts';
import { plural, seconds, tasksPerSecond, threeDigits } from './format-figure.ts';

type Worded = Omit<FaultFigures, 'sentence' | 'tasks'>;

/** For instance `Kill of scheduler 0 at 4.03 s: first task taken over after 1.4 s, 90 % of 39.8 tasks/s again after 1.8 s; 62 tasks open at worst; 4 executed twice, 71 late.` */
export function faultSentence(fault: Worded, limit: 'before the next fault' | 'within the load'): string {
  return `${faultName(fault)}: ${[`${wentOnWords(fault)}, ${rateWords(fault, limit)}`, `${threeDigits(fault.worstBacklog)} tasks open at worst`, taskWords(fault)].filter(Boolean).join('; ')}.`;
}

/** For instance `Kill of scheduler 0 at 4.03 s`. */
export function faultName({
  kind,
  subject,
  atSeconds,
  endedSeconds,
}: Pick<FaultFigures, 'kind' | 'subject' | 'atSeconds' | 'endedSeconds'>): string {
  const lasted = lasting.has(kind) ? `, for ${seconds(endedSeconds - atSeconds)}` : '';
  return `${nouns[kind]} ${subject} at ${seconds(atSeconds)}${lasted}`;
}

const lasting = new Set<FaultFigures['kind']>(['pause', 'hold', 'exhaust', 'drop', 'restart']);

const nouns: Readonly<Record<FaultFigures['kind'], string>> = {
  kill: 'Kill of',
  pause: 'Pause of',
  restart: 'Restart of',
  terminate: 'End of',
  hold: 'Held',
  exhaust: 'Exhausted',
  drop: 'Dropped',
};

function wentOnWords(fault: Worded): string {
  const { detectedBy, detectedSeconds, rateAfter } = fault;
  if (detectedBy !== '')
    return `${detectedBy === 'taken over' ? 'the first task was taken over' : 'the next task was dispatched'} after ${seconds(detectedSeconds)}`;
  if (rateAfter !== 'kept') return 'when the engine went on is not seen';
  return harmOf(fault) === 0 ? 'no effect seen on the rate' : 'no task was taken over';
}

function rateWords({ tasksPerSecondBefore, rateAfter, recoverySeconds, detectedBy, ...harm }: Worded, limit: string): string {
  if (Number.isNaN(tasksPerSecondBefore)) return 'the rate before it is not known';
  const rate = tasksPerSecond(tasksPerSecondBefore);
  switch (rateAfter) {
    case 'kept':
      return detectedBy === '' && harmOf(harm) === 0 ? `which stayed at ${rate}` : `the rate stayed at ${rate}`;
    case 'back':
      return `90 % of ${rate} again after ${seconds(recoverySeconds)}`;
    case 'not back':
      return `90 % of ${rate} was not seen again ${limit}`;
    case 'unseen':
      return `whether ${rate} fell can not be told ${limit}: the time was too short`;
  }
}

function harmOf({ lost, stuck, executedTwice, failed }: Pick<Worded, 'lost' | 'stuck' | 'executedTwice' | 'failed'>): number {
  return lost + stuck + executedTwice + failed;
}

function taskWords({ lost, stuck, executedTwice, repeatedSeconds, failed, late, refusedRuns }: Worded): string {
  const repeated = Number.isNaN(repeatedSeconds) ? '' : ` (the last after ${seconds(repeatedSeconds)})`;
  const parts = [
    [lost, 'lost'],
    [stuck, 'stuck'],
    [executedTwice, `executed twice${repeated}`],
    [failed, 'failed'],
    [late, 'late'],
  ] as const;
  const some = parts.flatMap(([count, word]) => (count > 0 ? [`${threeDigits(count)} ${word}`] : []));
  const refused = refusedRuns > 0 ? [`${plural(refusedRuns, 'submission')} refused or not answered`] : [];
  const harmless = harmOf({ lost, stuck, executedTwice, failed }) === 0 ? ['nothing lost, stuck, failed or executed twice'] : [];
  return [...harmless, ...some, ...refused].join(', ');
}
