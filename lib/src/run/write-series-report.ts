import { redact } from '../report/redact.ts';
import { textSeries } from '../report/series-text.ts';
import type { Series } from '../results/series.ts';
import { writeWhole } from '../results/write-whole.ts';

/** Writes the text of a series beside its directory, whole or not at all, without paths or passwords; may be called again. Resolves with where it is. */
export async function writeSeriesReport(series: Series): Promise<string> {
  const path = `${series.directory}.txt`;
  await writeWhole(path, redact(textSeries(series)));
  return path;
}
