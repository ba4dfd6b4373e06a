import { latencyOf } from '../../analysis/latency.ts';
import type { Summary } from '../../analysis/summary.ts';
import { plotLatency } from '../../plots/plot-latency.ts';
import { plotLatencyEcdf } from '../../plots/plot-latency-ecdf.ts';
import { plotLatencyOverTime } from '../../plots/plot-latency-over-time.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type PhaseTime, phases, timeNames } from '../../results/phases.ts';
import { type Section, facts, table } from '../document.ts';
import { unknown } from '../fixed-format.ts';
import { capitalized, fixedFigure, valueIn } from './figure-text.ts';

/** From when response time counts. */
export function wantedName({ load, figures }: Summary): 'due' | 'sent' | 'asked to begin' {
  if ('lateness.avg' in figures) return 'asked to begin';
  return typeof load.arrival === 'object' && 'closed' in load.arrival ? 'sent' : 'due';
}

export function responseSection(summary: Summary): Section {
  return {
    title: `Response Time (${wantedName(summary)} to finished)`,
    blocks: [
      facts({
        Avg: fixedFigure(summary, 'response.avg'),
        Percentiles: percentiles(summary, 'response') ?? tooFew,
        Max: fixedFigure(summary, 'response.max'),
      }),
    ],
  };
}

export function latencySection(summary: Summary): Section {
  const { tasks, warmUp } = summary;
  return {
    title: 'Latency Stats',
    blocks: [
      facts({
        Tasks: String(tasks.finished - warmUp.finishedTasks),
        'Avg latency': fixedFigure(summary, 'latency.avg'),
        'Min latency': fixedFigure(summary, 'latency.min'),
        'Max latency': fixedFigure(summary, 'latency.max'),
        Percentiles: percentiles(summary, 'latency') ?? tooFew,
      }),
    ],
  };
}

/** The stretches of a task's life that follow each other, and how late the driver was. */
export function phasesSection(summary: Summary): Section {
  const named = (time: PhaseTime): string => (time === 'wantedMs' ? wantedName(summary) : timeNames[time]);
  const parts = phases.filter(({ name }) => name !== 'latency' && name !== 'response');
  const lines = parts.map(
    ({ name, title, from, to }) => [`${capitalized(title)} (${named(from)} to ${named(to)})`, inBrief(summary, name)] as const,
  );
  return { title: 'Phases', blocks: [facts([...lines, ['Schedule lag (due to sent)', inBrief(summary, 'scheduleLag')]])] };
}

/** All phases as a table and as pictures. */
export function latencyPlots(experiment: Experiment): Section {
  return {
    id: 'latency',
    title: 'Response time and latency',
    blocks: [
      table(latencyOf(experiment)),
      { kind: 'plot', name: 'latency-by-phase', plot: plotLatency(experiment) },
      { kind: 'plot', name: 'latency-distribution', plot: plotLatencyEcdf(experiment) },
      { kind: 'plot', name: 'latency-over-time', plot: plotLatencyOverTime(experiment) },
    ],
  };
}

const tooFew = `${unknown} (too few tasks)`;

/** `avg 12 ms, p50 10 ms, max 40 ms`: of a distribution of the catalogue, as far as there are enough for it. */
export function inBrief(summary: Summary, phase: string): string {
  if (valueIn(summary, `${phase}.avg`) === null) return unknown;
  const avg = `avg ${fixedFigure(summary, `${phase}.avg`)}`;
  return [avg, percentiles(summary, phase), `max ${fixedFigure(summary, `${phase}.max`)}`]
    .filter((words) => words !== undefined)
    .join(', ');
}

/** Those that so many tasks can carry; undefined where that is none. */
function percentiles(summary: Summary, phase: string): string | undefined {
  const known = ['p50', 'p90', 'p99'].filter((name) => valueIn(summary, `${phase}.${name}`) !== null);
  return known.length === 0 ? undefined : known.map((name) => `${name} ${fixedFigure(summary, `${phase}.${name}`)}`).join(', ');
}
