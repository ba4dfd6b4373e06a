import { type Command, InvalidArgumentError } from 'commander';
import { toCount, toRatio } from './number-options.ts';
import { toPicture } from './picture-option.ts';

export interface CompareCommandOptions {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly margin: number;
  readonly alpha: number;
  readonly figures?: readonly string[];
  readonly pairing: 'auto' | 'order' | 'none';
  readonly last?: number;
  readonly all?: boolean;
  readonly plot?: string;
  readonly failIf?: readonly FailCondition[];
  readonly json?: boolean;
  readonly markdown?: boolean;
}

const failConditions = ['worse', 'cannot-tell'] as const;
/** `worse`: any figure is, or something was lost or failed that was not before; `cannot-tell`: any figure can't be told. */
export type FailCondition = (typeof failConditions)[number];

export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .summary('compare two groups of experiments, with intervals')
    .description(
      'Say what B is beside A: faster, slower, equivalent within a margin, or how many more experiments it takes to tell. The experiment is the unit: six of each that ran in turn are the least.',
    )
    .argument(
      '[A]',
      'experiments or series by names or beginnings of names with commas, a beginning with *, config=, target=, version=, commit=, label=, scheduler.processes=..., a label, or a branch, tag or commit of git; or a bench, for its A and B',
    )
    .argument('[B]', 'the same')
    .option('--a <experiments>', 'further ones of A (can be repeated)', collect, [])
    .option('--b <experiments>', 'further ones of B (can be repeated)', collect, [])
    .option('--margin <ratio>', 'a difference that does not matter, for instance 3%', toRatio, 0.03)
    .option('--alpha <probability>', 'of calling any figure better or worse when nothing is', toRatio, 0.05)
    .option('--figures <names>', 'figures that are judged, with commas (default: those that targets are compared by)', toNames)
    .option(
      '--pairing <how>',
      'auto: by the rounds of their series, else in turn by order of time, else none; order; none',
      toPairing,
      'auto',
    )
    .option('--last <count>', 'at most so many of each, the newest', toCount)
    .option('--all', 'show every figure that is not judged, too')
    .option('--plot <file>', 'write the intervals as a picture (.svg or .png)', toPicture)
    .option('--fail-if <conditions>', `exit with 99 if any figure is: ${failConditions.join(', ')}`, toConditions)
    .option('--markdown', 'print Markdown, for a pull request')
    .option('--json', 'print one JSON object on stdout')
    .action(async (a: string | undefined, b: string | undefined, options: CompareCommandOptions) => {
      const { printComparison } = await import('./print-comparison.ts');
      await printComparison(a, b, options);
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function toNames(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

function toPairing(text: string): string {
  if (!['auto', 'order', 'none'].includes(text)) throw new InvalidArgumentError('expected auto, order or none.');
  return text;
}

function toConditions(text: string): readonly FailCondition[] {
  return toNames(text).map((name) => {
    const condition = failConditions.find((each) => each === name);
    if (!condition) throw new InvalidArgumentError(`expected some of ${failConditions.join(', ')}.`);
    return condition;
  });
}
