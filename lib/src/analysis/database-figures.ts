import { bystanderResponse } from './bystander.ts';
import { type DatabaseCost, databaseCost } from './database-cost.ts';
import { distributionFigures } from './distribution-figures.ts';
import type { Figure } from './figures.ts';
import { type TablesFigures, tablesFigures } from './table-growth.ts';

const tablesNames: Readonly<Record<keyof TablesFigures, Pick<Figure, 'title' | 'unit' | 'better'>>> = {
  bytesStart: { title: 'size of the tables at the start', unit: 'bytes' },
  bytesEnd: { title: 'size of the tables at the end', unit: 'bytes' },
  bytesPerTask: { title: 'growth of the tables a task', unit: 'bytesPerTask', better: 'less' },
  deadTuplesPeak: { title: 'dead row versions at most', unit: 'count', better: 'less' },
};

const databaseCostNames: Readonly<Record<keyof DatabaseCost, Pick<Figure, 'title' | 'unit'>>> = {
  commitsPerTask: { title: 'commits', unit: 'perTask' },
  walBytesPerTask: { title: 'WAL', unit: 'bytesPerTask' },
};

const ofBystander: Pick<Figure, 'appliesTo'> = { appliesTo: ({ manifest }) => manifest.config.bystander !== undefined };

/** Figures of what a queue takes of its database, and of what its neighbour has of it. */
export const databaseFigures: readonly Figure[] = [
  ...Object.entries(tablesNames).map(([name, words]): Figure => ({
    ...words,
    name: `tables.${name}`,
    value: (experiment) => tablesFigures(experiment)[name as keyof TablesFigures],
  })),
  ...Object.entries(databaseCostNames).map(([name, words]): Figure => ({
    ...words,
    name: `database.${name}`,
    better: 'less',
    value: (experiment) => databaseCost(experiment)[name as keyof DatabaseCost],
  })),
  ...distributionFigures('bystander', 'bystander beside the load', (experiment) => bystanderResponse(experiment, 'load'), ofBystander),
  ...distributionFigures(
    'bystanderIdle',
    'bystander beside the idle engine',
    (experiment) => bystanderResponse(experiment, 'idle'),
    ofBystander,
  ),
  ...distributionFigures('bystanderAlone', 'bystander alone', (experiment) => bystanderResponse(experiment, 'alone'), ofBystander),
  {
    name: 'bystander.p99Ratio',
    title: 'bystander p99 beside the load over alone',
    ...ofBystander,
    unit: 'ratio',
    better: 'less',
    value: (experiment) => bystanderResponse(experiment, 'load').p99 / bystanderResponse(experiment, 'alone').p99,
  },
];
