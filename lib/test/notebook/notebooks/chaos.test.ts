import { expect } from 'vitest';
import { describeNotebook, titleOf } from '../describe-notebook.ts';
import { figureIn } from '../expect-outputs.ts';

const allTargets = ['graphile-worker', 'pg-boss', 'dbos', 'procrastinate', 'ork'];
const allFaults = ['kill scheduler', 'kill worker', 'pause scheduler', 'restart Postgres', 'terminate connections', 'drop network'];

describeNotebook('chaos', {
  parameters: { targets: '["dbos"]', faults: '["kill scheduler","kill worker"]', loadSeconds: '4', faultAtSeconds: '1.55' },
  cells: [
    ['let targets', 'nothing'],
    ['import assert', 'nothing'],
    ['const everyFault', 'nothing'],
    ['const { recovery }', 'text'],
    ['runExperiment', 'text'],
    ['const rows', 'table'],
    ['const described', 'plot: What became of the tasks'],
    ['const curves', 'plot: Tasks ended a second'],
    ['const total', 'text'],
    ["of('kill scheduler')", 'text'],
    ['const losers', 'text'],
  ],
  figures(cells, run) {
    const targets = run === 'committed' ? allTargets : ['dbos'];
    const faults = run === 'committed' ? allFaults : ['kill scheduler', 'kill worker'];
    expect(cells[3]?.text).toContain('{"max_attempts":3,"dead_after_seconds":10,"check_seconds":1}');
    // A sentence for each target and fault, in their order.
    const sentences = (cells[4]?.text ?? '').trim().split('\n');
    expect(sentences.map((sentence) => sentence.slice(0, sentence.indexOf(':')))).toEqual(
      targets.flatMap((target) => faults.map(() => target)),
    );
    expect(titleOf(cells[6])).toContain('seconds since the fault');
    const of = (target: string, fault: string, column: string): number => figureIn(cells[5]?.text, `${target}, ${fault}`, column);
    // The table adds up to what is said of it, and no count of it is missing.
    const sums = ['tasks', 'lost', 'stuck', 'failed', 'twice', 'late', 'worstBacklog', 'refusedRuns'].map((column) =>
      targets.flatMap((target) => faults.map((fault) => of(target, fault, column))).reduce((sum, count) => sum + count, 0),
    );
    expect(sums.every(Number.isInteger)).toBe(true);
    const [tasksInAll, lost, stuck, failed, twice] = sums;
    expect(cells[8]?.text.trim()).toBe(
      `${targets.length * faults.length} faults, ${tasksInAll} tasks: ${lost} lost, ${stuck} stuck, ${failed} failed, ${twice} executed twice.`,
    );
    expect(lost).toBe(0);
    for (const target of targets) {
      // "To go on is not to take over": no sooner than the supervisor starts it again.
      expect(of(target, 'kill scheduler', 'wentOnSeconds')).toBeGreaterThanOrEqual(1);
      expect(of(target, 'kill scheduler', 'twice') + of(target, 'kill scheduler', 'stuck')).toBeGreaterThan(0);
    }
    // It takes up what was in work when it starts, and tries a step again after a second.
    expect(of('dbos', 'kill scheduler', 'stuck')).toBe(0);
    expect(of('dbos', 'kill worker', 'failed')).toBe(0);
    // On a busy machine the worker may be killed before its script has begun, and left evidence.
    const again = of('dbos', 'kill worker', 'twice');
    expect(again).toBeLessThanOrEqual(1);
    if (again === 1) expect(of('dbos', 'kill worker', 'lastRepeatedSeconds')).toBeGreaterThan(0.9);
    expect(cells[10]?.text).toMatch(/^Every task done after every fault: .*dbos/m);
    if (run === 'executed') return;
    expect(again).toBe(1);
    // pg-boss waits for a heartbeat that was missed, graphile-worker for 4 hours, and ork has nothing that waits.
    expect(of('pg-boss', 'kill scheduler', 'stuck')).toBe(0);
    expect(of('pg-boss', 'kill scheduler', 'lastRepeatedSeconds')).toBeGreaterThan(9);
    for (const target of ['graphile-worker', 'ork']) {
      expect(of(target, 'kill scheduler', 'twice')).toBe(0);
      expect(of(target, 'kill scheduler', 'stuck')).toBeGreaterThan(0);
    }
    // An error is no crash: all but ork try again.
    for (const target of allTargets) expect(of(target, 'kill worker', 'failed')).toBe(target === 'ork' ? 1 : 0);
  },
});
