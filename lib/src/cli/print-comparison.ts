import { benchSides } from '../analysis/bench-comparison.ts';
import { type Comparison, compareExperiments } from '../analysis/compare-experiments.ts';
import { plotComparison } from '../plots/plot-comparison.ts';
import { markdownComparison } from '../report/markdown-comparison.ts';
import { textComparison } from '../report/text-findings.ts';
import type { Experiment } from '../results/experiment.ts';
import { findExperimentOrSeries } from '../results/find-series.ts';
import { roundOf } from '../results/series.ts';
import { selectExperiments } from '../results/select-experiments.ts';
import type { CompareCommandOptions, FailCondition } from './compare-command.ts';
import { UsageError, exitCodes } from './exit-codes.ts';
import { print, printJson, say } from './output.ts';
import { writePicture } from './write-picture.ts';

export async function printComparison(a: string | undefined, b: string | undefined, options: CompareCommandOptions): Promise<void> {
  const { margin, alpha, pairing, figures, failIf = [] } = options;
  const bench = a !== undefined && b === undefined && options.b.length === 0 ? await findBench(a) : undefined;
  const [ofA, ofB] = bench
    ? [bench.a, bench.b]
    : await Promise.all([select('A', [...list(a), ...options.a], options), select('B', [...list(b), ...options.b], options)]);
  const comparison = asUsage(() => compareExperiments(ofA, ofB, { margin, alpha, pairing, roundOf, ...(figures && { figures }) }));
  if (options.json) printJson(comparison);
  else print((options.markdown ? markdownComparison(comparison) : textComparison(comparison, options)).trimEnd());
  if (options.plot !== undefined) {
    await writePicture(options.plot, plotComparison(comparison));
  }
  if (failIf.some((condition) => isMet(condition, comparison))) process.exitCode = exitCodes.thresholdFailed;
}

async function select(group: 'A' | 'B', selections: readonly string[], { last }: CompareCommandOptions): Promise<readonly Experiment[]> {
  if (selections.length === 0)
    throw new UsageError(
      `compare: expected experiments of A and of B, got none of ${group} (for instance: orchlab compare target=dbos target=pg-boss)`,
    );
  const found = (
    await Promise.all(
      selections.map(async (selection) => selectExperiments(selection, { onTaken: (term, words) => say(`${group}: ${term} is ${words}`) })),
    )
  ).flat();
  const all = [...new Map(found.map((experiment) => [experiment.directory, experiment])).values()];
  return all.toSorted((one, other) => one.manifest.times.startedMs - other.manifest.times.startedMs).slice(last === undefined ? 0 : -last);
}

/** The two sides of the bench of that name; undefined for what is none. */
async function findBench(name: string): Promise<ReturnType<typeof benchSides> | undefined> {
  const found = await findExperimentOrSeries(name).catch(() => undefined);
  return found && 'record' in found && found.record.kind === 'bench' ? benchSides(found) : undefined;
}

function list(selection: string | undefined): readonly string[] {
  return selection === undefined ? [] : [selection];
}

/** What can't be compared is for the user to change. */
function asUsage<T>(compare: () => T): T {
  try {
    return compare();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  }
}

function isMet(condition: FailCondition, { judged, losses }: Comparison): boolean {
  if (condition === 'cannot-tell') return judged.length === 0 || judged.some(({ outcome }) => outcome === 'cannot tell');
  return judged.some(({ outcome }) => outcome === 'worse') || losses.some(({ isWorse }) => isWorse);
}
