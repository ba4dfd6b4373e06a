import { expect } from 'vitest';
import { describeNotebook, sum, wereQuiet } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('quickstart', {
  parameters: { config: 'latency' },
  cells: [
    ['let config', 'nothing'],
    ['import {', 'nothing'],
    ['await loadConfig(config)', 'config'],
    ['await runExperiment(perfConfig)', 'experiment'],
    ['show(latencyOf(experiment))', 'table'],
    ['show(plotLatency(experiment))', 'plot: Response time: '],
    ['show(plotLatencyEcdf(experiment))', 'plot: Share of finished tasks'],
    ['show(plotLatencyOverTime(experiment))', 'plot: Response time over time'],
    ['show(throughputOf(', 'table'],
    ['show(plotThroughput(experiment))', 'plot: Throughput: '],
    ['show(plotTaskStates(experiment))', 'plot: Tasks by state'],
    ['show(resourcesOf(experiment))', 'table'],
    ['show(plotResources(experiment))', 'plot: Scheduler: '],
    ['experiment.tasks', 'table'],
    ['plot({', 'plot: Runs by the time'],
    ['toArrowIPC()', 'nothing'],
  ],
  figures(cells, run) {
    const tasks = run === 'committed' ? 50 : 250;
    expect(cells[3]?.text).toContain(`${tasks} of ${tasks} finished`);
    expect(cells[4]?.text).toMatch(new RegExp(`latency +${tasks} `));
    expect(sum(cells[8]?.text, /^ *\d+ +[\d.]+ +\d+ +(\d+)/gm)).toBe(tasks);
    // "In a burst the wait is most of the response time."
    const phases = cells[4]?.text;
    if (wereQuiet(cells))
      expect(figureIn(phases, 'wait', 'avgSeconds')).toBeGreaterThan(figureIn(phases, 'response time', 'avgSeconds') / 2);
  },
});
