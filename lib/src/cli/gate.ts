import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf } from '../errors/error-reason.ts';
import { type Gate, gateOutcome, gateResults } from '../analysis/gate.ts';
import { renderText } from '../report/document-text.ts';
import { gateMarkdown } from '../report/gate-markdown.ts';
import { junitReport } from '../report/junit-report.ts';
import { comparisonSection } from '../report/sections/baseline.ts';
import { resultWords, thresholdCounts } from '../report/sections/thresholds.ts';
import { writeWhole } from '../results/write-whole.ts';
import { MissingError, exitCodes } from './exit-codes.ts';
import type { GateFiles } from './gate-files.ts';
import { say } from './output.ts';

/**
 * Writes the files of a gate, says on stderr which thresholds did not hold, and sets the exit code: 99 where one failed, else 98 where one can't be
 * judged. What ended the command otherwise keeps its own. `isPrinted`: each threshold has
 * been printed with its experiment.
 */
export async function concludeGate(gate: Gate, { junit, markdown }: GateFiles, isPrinted = false): Promise<void> {
  if (gate.experiments.length === 0) return;
  if (junit !== undefined) await writeGateFile(junit, junitReport(gate));
  if (markdown !== undefined) await writeGateFile(markdown, gateMarkdown(gate));
  const outcome = gateOutcome(gate);
  if (outcome === undefined || outcome === 'passed') return;
  process.exitCode ??= outcome === 'failed' ? exitCodes.thresholdFailed : exitCodes.thresholdInconclusive;
  const results = gateResults(gate);
  const open = results.filter((result) => result.outcome !== 'passed');
  say(`orchlab: thresholds: ${thresholdCounts(results)}`);
  if (isPrinted) return;
  for (const result of open) say(`  ${result.outcome}: ${result.threshold}: ${resultWords(result)}`);
}

/** What became of the thresholds that are relative to a baseline, a text each. */
export function baselineText({ comparisons }: Gate): readonly string[] {
  return comparisons.map((comparison) => renderText([comparisonSection(comparison)]));
}

async function writeGateFile(path: string, text: string): Promise<void> {
  try {
    // A job's summary is what all of its steps have added to it.
    if (path === process.env['GITHUB_STEP_SUMMARY']) await appendFile(path, text);
    else await writeWhole(resolve(path), text);
  } catch (error) {
    throw new MissingError(`${path} can't be written: ${reasonOf(error)}`, { cause: error });
  }
}
