import { resourcesOf } from '../../analysis/resources.ts';
import type { Summary } from '../../analysis/summary.ts';
import { plotResources } from '../../plots/plot-resources.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts, sentence, table } from '../document.ts';
import { coarseSeconds, fixed, unknown } from '../fixed-format.ts';
import { growthWords } from './growth.ts';
import { capitalized, figureTitle, fixedFigure, valueIn } from './figure-text.ts';

/** CPU and memory of each role, and what orchlab itself took. */
export function resourcesSection(summary: Summary): Section {
  const { sampler, sampling, ownWork, eventLoopDelaySeconds: delay } = summary;
  const seconds = (value: number | null): string => fixed(value, 'seconds');
  return {
    title: 'Resource Usage',
    blocks: [
      facts({
        'Scheduler RSS': fixedFigure(summary, 'scheduler.rssBytesEnd'),
        'Scheduler RSS start': fixedFigure(summary, 'scheduler.rssBytesStart'),
        ...titled(summary, 'scheduler.rssBytesPeak'),
        ...titled(summary, 'scheduler.rssBytesGrowth'),
        'Scheduler RSS over time': growthWords(summary.schedulerRssGrowth),
        ...proportionalSet(summary, 'scheduler'),
        ...cpu(summary, 'scheduler'),
        'Peak worker count': fixedFigure(summary, 'workers.peakCount'),
        ...ofProcesses(summary, ['workers', ...Object.keys(summary.roles), 'postgres']),
        "orchlab's own work in the database (in none of the figures)":
          ownWork.transactions === null
            ? undefined
            : `${ownWork.transactions} transactions, ${coarseSeconds(ownWork.cpuSeconds)} CPU, ${fixed(ownWork.postgresCpuRatio, 'ratio')} of Postgres'`,
        ...titled(summary, 'driver.rssBytesPeak'),
        ...cpu(summary, 'driver'),
        'Driver event loop delay': delay.max === null ? undefined : `p99 ${seconds(delay.p99)}, max ${seconds(delay.max)}`,
        ...(sampler.cpuSeconds === null ? {} : cpu(summary, 'sampler', " (what orchlab's measuring takes)")),
        'Sampling gaps': sampling.gaps
          ? `${sampling.gaps}, the longest ${seconds(sampling.longestGapSeconds)} where ${sampling.intervalSeconds}s was asked for (peaks in them are not seen)`
          : undefined,
      }),
    ],
  };
}

export function resourcePlots(summary: Summary, experiment: Experiment): Section {
  return {
    title: 'Resources',
    blocks: [
      table(resourcesOf(experiment)),
      sentence(`Scheduler RSS: ${growthWords(summary.schedulerRssGrowth)}`),
      { kind: 'plot', name: 'resources', plot: plotResources(experiment) },
    ],
  };
}

type Lines = Readonly<Record<string, string>>;

function titled(summary: Summary, name: string, remark = ''): Lines {
  return { [`${figureTitle(summary, name)}${remark}`]: fixedFigure(summary, name) };
}

function ofProcesses(summary: Summary, roles: readonly string[]): Lines {
  return Object.fromEntries(
    roles.flatMap((role) => [
      ...Object.entries(titled(summary, `${role}.rssBytesPeak`, ' (shared memory counted in each process)')),
      ...Object.entries(proportionalSet(summary, role)),
      ...Object.entries(cpu(summary, role)),
    ]),
  );
}

function proportionalSet(summary: Summary, role: string): Lines {
  const name = `${role}.pssBytesPeak`;
  if (valueIn(summary, name) === null) return {};
  return titled(summary, name, ' (shared memory counted once, read every second or more rarely)');
}

function cpu(summary: Summary, role: string, remark = ''): Lines {
  const seconds = valueIn(summary, `${role}.cpuSeconds`);
  const [mean, peak] = [fixedFigure(summary, `${role}.cpuRatioMean`), fixedFigure(summary, `${role}.cpuRatioPeak`)];
  const title = role === 'postgres' ? 'Postgres' : capitalized(role);
  return { [`${title} CPU${remark}`]: seconds === null ? unknown : `${coarseSeconds(seconds)} (mean ${mean}, peak ${peak} of one core)` };
}
