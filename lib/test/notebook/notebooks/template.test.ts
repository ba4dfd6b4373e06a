import { expect } from 'vitest';
import { describeNotebook } from '../describe-notebook.ts';

describeNotebook('template', {
  parameters: {},
  cells: [
    ['let config', 'nothing'],
    ["import * as lab from 'orchlab'", 'nothing'],
    ['await runExperiment', 'experiment'],
    ['show(latencyOf(experiment))', 'table'],
    ['plotLatencyOverTime(experiment)', 'plot: Response time over time'],
    ['experiment.tasks', 'table'],
    ['lab.plot({', 'plot: Half of the tasks were within'],
    ['toCSV()', 'nothing'],
  ],
  figures: (cells) => expect(cells[5]?.text).toMatch(/^ *\d+ +5 /m),
});
