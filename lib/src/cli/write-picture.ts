import { writeFile } from 'node:fs/promises';
import { reasonOf } from '../errors/error-reason.ts';
import type { Plot } from '../plots/plot.ts';
import { plotToPng, plotToSvg } from '../report/render-plot.ts';
import { MissingError } from './exit-codes.ts';
import { say } from './output.ts';

/** Writes a plot to a file, as PNG where its name ends so, else as SVG. Throws a MissingError when it can't be written. */
export async function writePicture(path: string, plot: Plot): Promise<void> {
  await writeFile(path, path.endsWith('.png') ? plotToPng(plot) : plotToSvg(plot)).catch((error: unknown) => {
    throw new MissingError(`${path}: the picture can't be written: ${reasonOf(error)}`, { cause: error });
  });
  say(`The picture is in ${path}`);
}
