/**
 * What an engine gets through, and how long a run takes, with so many ended tasks in its tables:
 * `node bench/history.ts [--targets dbos,pg-boss,procrastinate,ork] [--tasks 0,1000000,10000000] [--rounds 1] [--seconds 30]`
 *
 * Of each engine and history two experiments a round: a burst of 2,000 tasks for its capacity, and runs at a rate that is light for it, for the
 * latency. Rounds go through all of them, so that what else the machine does falls on all. Ten million tasks take 5 to 15 GB of disk each (DBOS the most) and some
 * ten minutes to add; for a smaller table: `--tasks 0,100000,1000000`. Medians of the rounds.
 */
import { parseArgs } from 'node:util';
import { type Experiment, createConfig, figureOf, runExperiment, tableGrowthOf } from '../lib/src/index.ts';

const { values: options } = parseArgs({
  options: {
    targets: { type: 'string', default: 'dbos,pg-boss,procrastinate' },
    tasks: { type: 'string', default: '0,1000000,10000000' },
    rounds: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '30' },
  },
});
const [targets, sizes] = [options.targets.split(','), options.tasks.split(',').map(Number)];
const seconds = Number(options.seconds);
const common = { tasks_per_workflow: 5, duration: 0, executor: 'inline', timeout: 600 } as const;

interface Measured {
  readonly burst: Experiment;
  readonly paced: Experiment;
}

const measured = new Map<string, Measured[]>();
for (let round = 0; round < Number(options.rounds); round++) {
  for (const target of targets) {
    for (const tasks of sizes) {
      const history = tasks > 0 ? { history: tasks } : {};
      // What ork's executor can do is start a process.
      const values = { ...common, target, ...history, ...(target.startsWith('ork') && { executor: 'process' as const }) };
      const burst = await runExperiment(createConfig({ ...values, workflows: 400 }, 'history-burst'));
      const pace = { arrival: { constant: 2 }, load_seconds: seconds, timeout: 600 + seconds };
      const paced = await runExperiment(createConfig({ ...values, ...pace }, 'history-paced'));
      const key = `${target} ${tasks}`;
      measured.set(key, [...(measured.get(key) ?? []), { burst, paced }]);
    }
  }
}

console.log('engine          ended tasks  tables MB  tasks/s  latency p50 ms  p90 ms  Postgres CPU ms/task  dead rows at most  vacuums');
for (const target of targets) {
  for (const tasks of sizes) {
    const all = measured.get(`${target} ${tasks}`) ?? [];
    const median = (of: (each: Measured) => number): number =>
      all.map(of).toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? NaN;
    const cells = [
      tasks.toLocaleString('en-US').padStart(11),
      (median(({ burst }) => figureOf(burst, 'tables.bytesStart')) / 1e6).toFixed(1).padStart(9),
      median(({ burst }) => figureOf(burst, 'throughput.tasksPerSecond'))
        .toFixed(1)
        .padStart(7),
      (1000 * median(({ paced }) => figureOf(paced, 'latency.p50'))).toFixed(0).padStart(14),
      (1000 * median(({ paced }) => figureOf(paced, 'latency.p90'))).toFixed(0).padStart(6),
      (1000 * median(({ paced }) => figureOf(paced, 'postgres.cpuPerTask'))).toFixed(2).padStart(20),
      median(({ burst }) => figureOf(burst, 'tables.deadTuplesPeak'))
        .toFixed(0)
        .padStart(17),
      median(({ burst }) => vacuumsOf(burst))
        .toFixed(0)
        .padStart(7),
    ];
    console.log(`${target.padEnd(14)}  ${cells.join('  ')}`);
  }
}

function vacuumsOf(experiment: Experiment): number {
  return Array.from(tableGrowthOf(experiment).array('vacuums'), Number).reduce((sum, count) => sum + count, 0);
}
