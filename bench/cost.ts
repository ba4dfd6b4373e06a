/**
 * What each engine costs in its database, side by side: `node bench/cost.ts [--targets dbos,pg-boss,graphile-worker,procrastinate] [--rate 50] [--rounds 6]`
 *
 * The cards of `orchlab cost` (perf-configs/cost.yaml) in one table, a row a figure: the median of the rounds and its interval. Two minutes a round and
 * engine. ork (ORK_BIN) starts a process for each task, and only so: `--targets ork --rate 5`.
 */
import { parseArgs } from 'node:util';
import { from } from 'arquero';
import { costTable, loadConfig, measureCost } from '../lib/src/index.ts';
import { textTable } from '../lib/src/report/text-table.ts';

const { values: options } = parseArgs({
  options: {
    targets: { type: 'string', default: 'dbos,pg-boss,graphile-worker,procrastinate' },
    rate: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '6' },
  },
});
const measured = [];
for (const target of options.targets.split(',')) {
  const executor = target.startsWith('ork') ? 'process' : 'inline';
  const config = await loadConfig('cost', { overrides: { target, executor, arrival: { constant: Number(options.rate) } } });
  measured.push(await measureCost(config, { rounds: Number(options.rounds), seed: 1 }));
}

interface Line {
  readonly target: string;
  readonly group: string;
  readonly cost: string;
  readonly unit: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}
const lines = costTable(measured).objects({ limit: Infinity }) as readonly Line[];
const figures = Map.groupBy(lines, ({ group, cost, unit }) => `${group}: ${cost} (${unit})`);
const digits = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en-US');
const rows = [...figures].map(([figure, costs]) => ({
  figure,
  ...Object.fromEntries(
    costs.map(({ target, median, low, high }) => [
      target,
      Number.isNaN(low) ? digits(median) : `${digits(median)} (${digits(low)} to ${digits(high)})`,
    ]),
  ),
}));
console.log(textTable(from(rows), { limit: rows.length }));
