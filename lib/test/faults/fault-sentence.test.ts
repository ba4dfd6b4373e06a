import { expect, it } from 'vitest';
import { faultSentence as sentenceOf } from '../../src/analysis/fault-words.ts';

const faultSentence = (fault: Parameters<typeof sentenceOf>[0]): string => sentenceOf(fault, 'within the load');

const harmless = {
  kind: 'kill',
  subject: 'worker',
  detail: '',
  atSeconds: 3,
  endedSeconds: 3,
  detectedSeconds: Number.NaN,
  detectedBy: '',
  recoverySeconds: 0,
  rateAfter: 'kept',
  tasksPerSecondBefore: 20,
  worstBacklog: 9,
  lost: 0,
  stuck: 0,
  duplicates: 0,
  executedTwice: 0,
  repeatedSeconds: Number.NaN,
  failed: 0,
  late: 0,
  refusedRuns: 0,
} as const;

it('says that nothing was seen of a fault only where no task shows it', () => {
  const begin = 'Kill of worker at 3 s: ';
  expect(faultSentence(harmless)).toBe(
    `${begin}no effect seen on the rate, which stayed at 20 tasks/s; 9 tasks open at worst; nothing lost, stuck, failed or executed twice.`,
  );
  expect(faultSentence({ ...harmless, failed: 1 })).toBe(
    `${begin}no task was taken over, the rate stayed at 20 tasks/s; 9 tasks open at worst; 1 failed.`,
  );
  expect(faultSentence({ ...harmless, rateAfter: 'back', recoverySeconds: 1.25 })).toContain(
    'when the engine went on is not seen, 90 % of 20 tasks/s again after 1.25 s',
  );
});

it('says when the last task that was cut off began again', () => {
  const taken = {
    ...harmless,
    detectedBy: 'taken over',
    detectedSeconds: 1,
    executedTwice: 2,
    duplicates: 2,
    repeatedSeconds: 10.4,
  } as const;
  expect(faultSentence(taken)).toContain('the first task was taken over after 1 s');
  expect(faultSentence(taken)).toContain('2 executed twice (the last after 10.4 s)');
});

it('says why it is not known when the rate was back', () => {
  const unknown = { ...harmless, recoverySeconds: Number.NaN } as const;
  expect(faultSentence({ ...unknown, rateAfter: 'not back' })).toContain('90 % of 20 tasks/s was not seen again within the load;');
  expect(sentenceOf({ ...unknown, rateAfter: 'not back' }, 'before the next fault')).toContain('not seen again before the next fault;');
  expect(faultSentence({ ...unknown, rateAfter: 'unseen' })).toContain('whether 20 tasks/s fell can not be told within the load');
  expect(faultSentence({ ...unknown, rateAfter: 'unseen', tasksPerSecondBefore: Number.NaN })).toContain('the rate before it is not known');
});
