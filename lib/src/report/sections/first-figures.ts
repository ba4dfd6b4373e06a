import type { Summary } from '../../analysis/summary.ts';
import type { Section } from '../document.ts';
import { saidFigure, shownFigure } from './figure-text.ts';
import { wantedName } from './latency.ts';

/** The figures that one looks at first. */
export function firstFigures(summary: Summary): Section {
  const said = (name: string): string => saidFigure(summary, name);
  const figures: readonly (readonly [name: string, detail: string])[] = [
    ['tasks.finished', `of ${said('tasks.submitted')}`],
    ['throughput.tasksPerSecond', ''],
    ['response.p50', `${wantedName(summary)} to finished`],
    ['response.p99', `at most ${said('response.max')}`],
    ['latency.p50', 'created to finished'],
    ['latency.p99', `at most ${said('latency.max')}`],
    ['wait.p50', 'created to dispatched'],
    ['duration', 'first submission to last finish'],
    ['scheduler.rssBytesPeak', `grew ${said('scheduler.rssBytesGrowth')}`],
    ['scheduler.cpuRatioMean', `${said('scheduler.cpuSeconds')} in all`],
    ['workers.peakCount', `${said('workers.cpuSeconds')} CPU in all`],
    ['throughput.runsPerSecond', ''],
  ];
  return { title: 'Summary', blocks: [{ kind: 'figures', figures: figures.map(([name, detail]) => shownFigure(summary, name, detail)) }] };
}
