import { table as asTable } from 'arquero';
import { type Capacity, capacityOf } from '../../analysis/capacity.ts';
import { capacityCause, capacityFinding, discardedWords } from '../../analysis/capacity-finding.ts';
import { summaryOf } from '../../analysis/saved-summary.ts';
import { plotCapacity } from '../../plots/plot-capacity.ts';
import type { Series } from '../../results/series.ts';
import { type Block, type Section, sentence, table } from '../document.ts';
import { surroundingLines } from '../value-lists.ts';

/** What came of a capacity search: the interval, its cause, and the probes that it rests on. */
export function capacitySections(series: Series): readonly Section[] {
  const capacity = capacityOf(series);
  if (capacity.probes.length === 0) return [];
  const said = [`${capacityFinding(capacity)}.`, capacityCause(capacity), discardedWords(capacity)].filter((text) => text !== '');
  return [
    { blocks: said.map((text) => sentence(text)) },
    { title: 'Probes', blocks: [probesTable(capacity), { kind: 'plot', name: 'capacity', plot: plotCapacity(series) }] },
    { title: 'Run with', blocks: surroundingLines(series.experiments.map(summaryOf)).map((line) => sentence(line)) },
  ];
}

function probesTable({ probes }: Capacity): Block {
  const figures = objectiveFigures(probes);
  return table(
    asTable({
      'runs/s': probes.map(({ runsPerSecond }) => runsPerSecond),
      'load (s)': probes.map(({ seconds }) => seconds),
      answer: probes.map(({ answer }) => answer),
      ...Object.fromEntries(figures.map((name) => [name, probes.map((probe) => objectiveValue(probe, name))])),
      'limited by': probes.map(({ limitedBy }) => limitedBy),
      why: probes.map(({ reason }) => reason),
    }),
    Number.POSITIVE_INFINITY,
  );
}

function objectiveFigures(probes: Capacity['probes']): readonly string[] {
  const all = probes.flatMap(({ experiment }) => (experiment ? summaryOf(experiment).thresholds.map(({ figure }) => figure) : []));
  return [...new Set(all)];
}

function objectiveValue({ experiment }: Capacity['probes'][number], name: string): number {
  return (experiment && summaryOf(experiment).thresholds.find(({ figure }) => figure === name)?.value) ?? Number.NaN;
}
