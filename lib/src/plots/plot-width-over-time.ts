import { numberColumn } from '../analysis/columns.ts';
import { figureOf } from '../analysis/figures.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { widthOverTime } from '../analysis/width-over-time.ts';
import type { Experiment } from '../results/experiment.ts';
import { digits } from './digits.ts';
import { facetWidth, sideBySide } from './facets.ts';
import { figureOfEach, labelExperiments } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { legendAboveTitle, neutralColor, singleColor, titleAbove } from './theme.ts';

const measured = 'mean of the runs, and eight of ten';
const asked = 'asked for';

/**
 * How many tasks of a run were in execution, by how long ago the run was due: the mean of all runs and a band that holds eight of ten of them, and
 * dashed what the shape asks for where nothing holds it up. Several experiments stand side by side, on the same axes.
 */
export function plotWidthOverTime(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotWidthOverTime');
  const shaped = all.filter((experiment) => widthOverTime(experiment).numRows() > 0);
  if (shaped.length === 0) return emptyPlot(all, 'Tasks of a run at once: no task came after another in a run that finished', options);
  const labelled = labelExperiments(shaped, options, options.facet);
  const longest = Math.max(...shaped.map((experiment) => figureOf(experiment, 'makespan.max')));
  const width = facetWidth(shaped.length, options.width);
  const pictures = labelled.map(({ experiment, name }) => [name, bandOf(experiment, { ...options, width }, longest)] as const);
  const ratio = (experiment: Experiment): number => figureOf(experiment, 'makespanOverMeasured.p50');
  const percent = (value: number): string => (Number.isNaN(value) ? 'too few runs to say' : `${threeDigits(value * 100)} %`);
  const [first] = shaped;
  const found =
    shaped.length === 1 && first
      ? Number.isNaN(ratio(first))
        ? ''
        : `: half of the runs took at most ${percent(ratio(first))} of their critical path`
      : `, makespan over critical path: ${figureOfEach(labelled, ratio, percent)}`;
  return framePlot(
    all,
    { title: `Tasks of a run at once${found}` },
    sideBySide(pictures, { width, shared: { resolve: { scale: { y: 'shared' } } } }),
    options,
  );
}

function bandOf(experiment: Experiment, { width = 0, height = 200, palette = {} }: PlotOptions, longest: number): SpecPart {
  const rows = widthOverTime(experiment);
  const columns = Object.fromEntries(['seconds', 'mean', 'p10', 'p90', 'asked'].map((name) => [name, numberColumn(rows, name)]));
  const values = Array.from({ length: rows.numRows() }, (_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, digits(column[row] as number)])),
  );
  const x = {
    field: 'seconds',
    type: 'quantitative',
    title: 'seconds since the run was due',
    scale: { domain: [0, digits(longest)], nice: false },
  };
  const y = (field: string): SpecPart => ({ field, type: 'quantitative', title: 'tasks of a run in execution', axis: { ...titleAbove } });
  const color = (name: string): SpecPart => ({
    datum: name,
    type: 'nominal',
    legend: { symbolOpacity: 1, ...legendAboveTitle },
    scale: { domain: [measured, asked], range: [palette[measured] ?? singleColor, palette[asked] ?? neutralColor] },
  });
  return {
    width,
    height,
    data: { values },
    layer: [
      {
        mark: { type: 'area', interpolate: 'step-after', opacity: 0.3 },
        encoding: { x, y: y('p10'), y2: { field: 'p90' }, color: color(measured) },
      },
      { mark: { type: 'line', interpolate: 'step-after' }, encoding: { x, y: y('mean'), color: color(measured) } },
      {
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5, strokeDash: [4, 3] },
        encoding: { x, y: y('asked'), color: color(asked) },
      },
    ],
  };
}
