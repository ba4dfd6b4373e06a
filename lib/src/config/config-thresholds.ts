import { z } from 'zod';
import { type Comparator, type Threshold, ThresholdError, checkWindow, parseBound, parseMoment, parseThresholds } from './threshold.ts';

const bound = z.union([z.number(), z.string().min(1)], { error: 'a number, or a text with a unit such as 500 ms, or baseline + 5 %' });
const moment = z.union([z.number().min(0), z.string().min(1)], { error: 'seconds since the first submission, or a text such as 10s' });

const comparatorKeys = {
  below: '<',
  at_most: '<=',
  above: '>',
  at_least: '>=',
  equals: '=',
} as const satisfies Readonly<Record<string, Comparator>>;

const thresholdBlock = z.strictObject({
  figure: z.string().min(1).describe('The figure that is judged, for instance response.p99 (docs/data.md lists them).'),
  below: bound.optional().describe('It has to be less than this: 0.5, 500 ms, 90 MB, 5 %, baseline + 5 %.'),
  at_most: bound.optional().describe('It has to be no more than this.'),
  above: bound.optional().describe('It has to be more than this.'),
  at_least: bound.optional().describe('It has to be no less than this.'),
  equals: bound.optional().describe('It has to be this.'),
  from: moment.optional().describe('Only what is due from this many seconds after the first submission on.'),
  to: moment.optional().describe('Only what is due before this many seconds after the first submission.'),
  abort_on_fail: z.boolean().default(false).describe('End the experiment as soon as it is known not to hold.'),
});

const thresholdText = z.string().min(1).superRefine(checkItem);

/** What figures have to be: texts such as `response.p99 < 500 ms`, or blocks. */
export const thresholdsSchema = z.union(
  [
    thresholdText.transform((text) => [text]),
    z
      .array(
        z.union([thresholdText, thresholdBlock.superRefine(checkItem)], {
          error: 'a text such as response.p99 < 500 ms, or a block with the key figure',
        }),
      )
      .min(1),
  ],
  { error: 'a text such as response.p99 < 500 ms, or a list of such' },
);

type ThresholdItem = string | z.output<typeof thresholdBlock>;

/** The thresholds of a config, in its order. */
export function thresholdsOf({ thresholds = [] }: { readonly thresholds?: readonly ThresholdItem[] | undefined }): readonly Threshold[] {
  return thresholds.flatMap(thresholdsOfItem);
}

function checkItem(item: ThresholdItem, context: z.RefinementCtx): void {
  try {
    thresholdsOfItem(item);
  } catch (error) {
    if (!(error instanceof ThresholdError)) throw error;
    context.addIssue({ code: 'custom', message: error.expected, input: error.got });
  }
}

function thresholdsOfItem(item: ThresholdItem): readonly Threshold[] {
  if (typeof item === 'string') return parseThresholds(item);
  const { figure, from, to, abort_on_fail: abortOnFail } = item;
  const given = Object.entries(comparatorKeys).filter(([key]) => item[key as keyof typeof comparatorKeys] !== undefined);
  const [only, ...others] = given;
  if (only === undefined || others.length > 0) {
    const expected = `exactly one of ${Object.keys(comparatorKeys).join(', ')}`;
    throw new ThresholdError(expected, given.length === 0 ? 'none of them' : given.map(([key]) => key).join(' and '));
  }
  const [key, comparator] = only;
  const value = item[key as keyof typeof comparatorKeys] ?? '';
  const hasWindow = from !== undefined || to !== undefined;
  const windowText = hasWindow ? `[${from ?? ''}..${to ?? ''}]` : '';
  return [
    {
      text: `${figure}${windowText} ${comparator} ${value}`,
      figure,
      comparator,
      bound: typeof value === 'number' ? { value } : parseBound(value),
      ...(hasWindow && {
        window: checkWindow({
          ...(from !== undefined && { fromSeconds: seconds(from) }),
          ...(to !== undefined && { toSeconds: seconds(to) }),
        }),
      }),
      abortOnFail,
    },
  ];
}

function seconds(value: number | string): number {
  return typeof value === 'number' ? value : parseMoment(value);
}
