import { join } from 'node:path';
import { shrinkOf } from '../analysis/shrink.ts';
import { printable } from '../report/printable.ts';
import { redact } from '../report/redact.ts';
import { plotToSvg } from '../report/render-plot.ts';
import { seriesSections, textSeries } from '../report/series-document.ts';
import { smallestYaml } from '../report/sections/shrink.ts';
import type { Series } from '../results/series.ts';
import { writeWhole } from '../results/write-whole.ts';

/**
 * Writes the text of a series beside its directory and its plots into it, each whole or not at all, without paths or passwords; may be called
 * again. Resolves with where the text is.
 */
export async function writeSeriesReport(series: Series): Promise<string> {
  for (const block of seriesSections(series).flatMap(({ blocks }) => blocks))
    if (block.kind === 'plot') await writeWhole(join(series.directory, `${block.name}.svg`), plotToSvg(block.plot));
  if (series.record.kind === 'shrink') await writeSmallest(series);
  const path = `${series.directory}.txt`;
  await writeWhole(path, printable(redact(textSeries(series))));
  return path;
}

/** The config that is left, as a file to be run and to be sent. */
async function writeSmallest(series: Series): Promise<void> {
  const { smallest } = shrinkOf(series);
  if (smallest) await writeWhole(join(series.directory, 'smallest.yaml'), redact(smallestYaml(series, smallest)));
}
