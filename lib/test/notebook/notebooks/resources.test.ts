import { expect } from 'vitest';
import { describeNotebook } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('resources', {
  parameters: { config: 'quick' },
  cells: [
    ['let config', 'nothing'],
    ['import {', 'nothing'],
    ['await runExperiment', 'experiment'],
    ['show(resourcesOf(experiment))', 'table'],
    ['show(plotResources(experiment))', 'plot: Scheduler: '],
    ['cpuMsPerTask', 'table'],
    ['show(plotPostgres(experiment))', 'plot: Postgres: '],
    ['statementsOf(experiment)', 'table'],
    ['show(plotHost(experiment))', 'plot: Host: '],
    ['for (const runs of [40, 160])', ['experiment', 'experiment']],
    ['overviewOf(sizes)', 'table'],
    ["roles: ['scheduler']", 'plot: Scheduler: '],
    ['resourceSeries(sizes[1])', 'table'],
  ],
  figures(cells, run) {
    expect(cells[2]?.text).toContain(run === 'committed' ? '250 of 250 finished' : '50 of 50 finished');
    expect(cells[9]?.text).toMatch(/200 of 200 finished[^]*800 of 800 finished/);
    // "What they share is counted in each, which makes Postgres look large. PSS counts it once."
    expect(figureIn(cells[3]?.text, 'postgres', 'pssBytesPeak')).toBeLessThan(figureIn(cells[3]?.text, 'postgres', 'rssBytesPeak') / 2);
    // CPU per task is the CPU divided by the tasks, in milliseconds.
    const [, seconds, perTask] = /^scheduler +([\d.]+) +([\d.]+)/m.exec(cells[5]?.text ?? '') ?? [];
    expect(Number(perTask) / Number(seconds)).toBeCloseTo(run === 'committed' ? 4 : 20, 0);
  },
});
