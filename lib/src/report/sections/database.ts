import { statementsOf } from '../../analysis/statements.ts';
import { tableGrowthOf } from '../../analysis/table-growth.ts';
import { waitsOf } from '../../analysis/waits.ts';
import { plotPostgres } from '../../plots/plot-postgres.ts';
import { plotTables } from '../../plots/plot-tables.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Block, type Section, sentence, table } from '../document.ts';

export function databasePlots(experiment: Experiment): Section {
  return {
    title: 'Postgres',
    blocks: [
      { kind: 'plot', name: 'postgres', plot: plotPostgres(experiment) },
      ...largestTables(experiment),
      ...mainWaits(experiment),
      ...slowestStatements(experiment),
    ],
  };
}

/** What the engine keeps, and what became of it. */
function largestTables(experiment: Experiment): readonly Block[] {
  if (experiment.tableSizes.numRows() === 0) return [];
  return [
    { kind: 'heading', text: 'Largest tables' },
    table(tableGrowthOf(experiment), mostTables),
    { kind: 'plot', name: 'tables', plot: plotTables(experiment) },
  ];
}

const mostTables = 6;

/** What the connections waited for and what that means, the most first; what is rarer than this is left out. */
const mostWaits = 6;

function mainWaits(experiment: Experiment): readonly Block[] {
  if (experiment.waits.numRows() === 0) return [];
  return [{ kind: 'heading', text: 'What active connections waited for' }, table(waitsOf(experiment), mostWaits)];
}

/** The statements that took most of the database's time; a word where there are none. */
function slowestStatements(experiment: Experiment): readonly Block[] {
  const statements = statementsOf(experiment);
  if (statements.numRows() === 0) return [sentence('Statements are not known: the server has no pg_stat_statements.', 'muted')];
  return [{ kind: 'heading', text: 'Slowest statements in total' }, table(statements, 10)];
}
