import { readFile } from 'node:fs/promises';
import { historyOf } from '../analysis/history.ts';
import { HistoryCsvError, historyCsv, parseHistoryCsv } from '../analysis/history-csv.ts';
import { type HistoryPoint, historyPoints } from '../analysis/history-point.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { plotHistory } from '../plots/plot-history.ts';
import { textHistory } from '../report/text-findings.ts';
import { findExperiments } from '../results/find-experiments.ts';
import { UsageError } from './exit-codes.ts';
import type { HistoryCommandOptions } from './history-command.ts';
import { print, printJson, say } from './output.ts';
import { writePicture } from './write-picture.ts';

export async function printHistory(config: string | undefined, options: HistoryCommandOptions): Promise<void> {
  const { target, figure: names, last, minChange } = options;
  const experiments = await findExperiments({
    ...(config !== undefined && { config }),
    ...(target !== undefined && { target }),
    onDamaged: ({ message }) => say(`orchlab: ${message}`),
  });
  const imported = (await Promise.all(options.import.map(async (file) => readPoints(file)))).flat();
  const fitting = imported.filter(
    (point) => (config === undefined || point.config === config) && (target === undefined || point.target === target),
  );
  const counted = historyPoints(experiments);
  const points = [...fitting, ...counted].toSorted((a, b) => a.atMs - b.atMs).slice(last === undefined ? 0 : -last);
  if (experiments.length > counted.length)
    say(
      `${experiments.length - counted.length} of ${experiments.length} experiments did not end as done, or are damaged: they are left out.`,
    );
  if (points.length === 0)
    throw new UsageError(
      `history: expected experiments that ended as done${config === undefined ? '' : ` of the config ${config}`}, got none`,
    );
  const lines = asUsage(() =>
    historyOf(points, { ...(names && { figures: names.flatMap(split) }), ...(minChange !== undefined && { minChange }) }),
  );
  if (options.csv) print(historyCsv(points, names?.flatMap(split)).trimEnd());
  else if (options.json) printJson(lines);
  else print(textHistory(lines).trimEnd());
  if (options.plot !== undefined) await writePicture(options.plot, plotHistory(lines));
}

async function readPoints(file: string): Promise<readonly HistoryPoint[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`history: ${file} can't be read: ${reasonOf(error)}`, { cause: error });
  });
  return asUsage(() => parseHistoryCsv(text, file));
}

function split(names: string): readonly string[] {
  return names.split(',').map((name) => name.trim());
}

/** What can't be read or is not there is for the user to change. */
function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError || error instanceof HistoryCsvError ? new UsageError(error.message, { cause: error }) : error;
  }
}
