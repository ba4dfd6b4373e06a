import { formatSeconds } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { mostByWindow } from '../analysis/time-above.ts';
import { workflowLimits } from '../analysis/workflow-limits.ts';
import { runningOf, workflowRows } from '../analysis/workflow-tasks.ts';
import { timesInDoubt } from '../analysis/times-in-doubt.ts';
import type { Experiment } from '../results/experiment.ts';
import { timeAxisTitle } from './axes.ts';
import { digits } from './digits.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, emptyPlot, framePlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { workflowColors } from './plot-latency-by-workflow.ts';
import { windowEdges } from './steps.ts';
import { legendColumns } from './text-fit.ts';
import { legendAboveTitle, plotWidth, titleAbove } from './theme.ts';

/** A narrower window holds no task for longer than its times are known. */
const leastWindowSeconds = 0.05;

/**
 * How many tasks of each workflow ran at once, by time: the most in each window, from their own times; dashed in the same colour how many its
 * limit of concurrency allows.
 */
export function plotRunningByWorkflow(experiment: Experiment, options: PlotOptions = {}): Plot {
  const { originMs, lastFinishedMs } = loadSpan(experiment);
  const all = workflowRows(experiment);
  const running = all.map(({ rows }) => runningOf(experiment, rows));
  if (running.every(({ begins }) => begins.length === 0))
    return emptyPlot([experiment], 'Tasks running at once, by workflow: none is known to have started', options);
  const toSeconds = Number.isFinite(lastFinishedMs) ? (lastFinishedMs - originMs) / 1000 : 0;
  const edges = windowEdges(0, toSeconds, { leastSeconds: leastWindowSeconds, most: 160 });
  const edgesMs = edges.map((seconds) => originMs + seconds * 1000);
  const names = all.map(({ workflow }) => workflow.name);
  const values = all.flatMap(({ workflow }, index) => {
    const most = mostByWindow(running[index]?.begins ?? new Float64Array(), running[index]?.ends ?? new Float64Array(), edgesMs);
    const rows = Array.from(most, (count, window) => ({ workflow: workflow.name, seconds: digits(edges[window] as number), count }));
    return [...rows, { workflow: workflow.name, seconds: digits(toSeconds), count: rows.at(-1)?.count ?? 0 }];
  });
  const limits = all.flatMap(
    ({
      workflow: {
        name,
        limits: { concurrency },
      },
    }) => (concurrency === undefined ? [] : [{ workflow: name, limit: concurrency }]),
  );
  const width = options.width ?? plotWidth;
  const colors = workflowColors(names, options.palette);
  const color: SpecPart = {
    field: 'workflow',
    type: 'nominal',
    scale: { domain: names, range: names.map((name) => colors[name]) },
    legend: { symbolType: 'stroke', symbolStrokeWidth: 3, ...legendAboveTitle, ...legendColumns(names, width) },
  };
  const y = (field: string): SpecPart => ({
    field,
    type: 'quantitative',
    title: 'tasks running at once, at most in each window',
    axis: { ...titleAbove },
  });
  return framePlot(
    [experiment],
    { title: titleOf(experiment), ...(timesInDoubt(experiment) && { notes: ['The times of starts and ends are in doubt.'] }) },
    {
      width,
      height: options.height ?? 220,
      layer: [
        {
          data: { values },
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5 },
          encoding: {
            x: { field: 'seconds', type: 'quantitative', title: timeAxisTitle([experiment]), scale: { nice: false } },
            y: y('count'),
            color,
          },
        },
        ...(limits.length === 0
          ? []
          : [
              {
                data: { values: limits },
                mark: { type: 'rule', strokeDash: [5, 3], strokeWidth: 1.5 },
                encoding: { y: y('limit'), color },
              },
            ]),
      ],
    },
    options,
  );
}

function titleOf(experiment: Experiment): string {
  const limits = workflowLimits(experiment);
  const kept = workflowRows(experiment).flatMap(
    (
      {
        workflow: {
          name,
          limits: { concurrency },
        },
      },
      index,
    ) => {
      if (concurrency === undefined) return [];
      const seconds = limits[index]?.concurrencyBreachSeconds ?? Number.NaN;
      return [`${name} over its limit of ${concurrency} for ${formatSeconds(seconds)}`];
    },
  );
  return `Tasks running at once, by workflow${kept.length === 0 ? '' : `: ${kept.join(', ')}`}`;
}
