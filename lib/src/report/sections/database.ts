import { plotPostgres } from '../../plots/plot-postgres.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Block, type Section, sentence, table } from '../document.ts';

export function databasePlots(experiment: Experiment): Section {
  return {
    title: 'Postgres',
    blocks: [{ kind: 'plot', name: 'postgres', plot: plotPostgres(experiment) }, ...slowestStatements(experiment)],
  };
}

/** The statements that took most of the database's time; a word where there are none. */
function slowestStatements({ statements }: Experiment): readonly Block[] {
  if (statements.numRows() === 0) return [sentence('Statements are not known: the server has no pg_stat_statements.', 'muted')];
  return [{ kind: 'heading', text: 'Slowest statements in total' }, table(statements, 10)];
}
