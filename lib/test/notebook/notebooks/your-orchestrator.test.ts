import { expect } from 'vitest';
import { describeNotebook, wereQuiet } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

describeNotebook('your-orchestrator', {
  parameters: { runs: '5' },
  cells: [
    ['let runs', 'nothing'],
    ['import {', 'nothing'],
    ['minimal-engine.mjs', 'words'],
    ['const prepare', 'nothing'],
    ['const scheduler', 'nothing'],
    ['const submit', 'nothing'],
    ['const tasks', 'nothing'],
    ["void check('mistaken'", 'text'],
    ["check('my-engine'", 'text'],
    ['await runExperiment', ['notice', 'experiment']],
    ['show(latencyOf(experiment))', 'table'],
    ['plotTaskStates(experiment)', 'plot: Tasks by state'],
    ['verdictOf(experiment)', 'verdict'],
  ],
  figures(cells, run) {
    expect(cells[7]?.text).toContain('column "end_at" does not exist');
    expect(cells[8]?.text).toMatch(/^ok +prepare [^]*\nok +clean [^]*can be measured/);
    expect(cells[9]?.text).toContain(run === 'committed' ? '100 of 100 finished' : '25 of 25 finished');
    // "One task at a time, so nearly all of the response time is waiting. The verdict has the evidence."
    const average = (row: string): number => figureIn(cells[10]?.text, row, 'avgSeconds');
    expect(average('execution')).toBeLessThan(average('response time') / 5);
    if (wereQuiet(cells)) expect(cells[12]?.text).toMatch(/^Limited by: target\n.* of its 1 places /);
  },
});
