import { Command, CommanderError } from 'commander';
import { addBenchCommand } from './bench-command.ts';
import { addCompareCommand } from './compare-command.ts';
import { addDatabaseCommand } from './db-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { exitCodeOf, exitCodes, exitCodesHelp } from './exit-codes.ts';
import { endWithLaunchers } from './launchers.ts';
import { addInitCommand } from './init-command.ts';
import { addHistoryCommand } from './history-command.ts';
import { addLabCommand, addNotebookCommands, addQuickstartCommand } from './notebook-command.ts';
import { addResultsCommands } from './results-commands.ts';
import { addRunCommands } from './run-command.ts';
import { addCapacityCommand } from './capacity-command.ts';
import { addCostCommand } from './cost-command.ts';
import { addNeighbourCommand } from './neighbour-command.ts';
import { addShrinkCommand } from './shrink-command.ts';
import { addSweepCommand } from './sweep-command.ts';
import { addTargetCommands } from './target-command.ts';
import { say, watchOutput } from './output.ts';
import { orchlabVersion } from '../config/orchlab-version.ts';

/** Runs the command line `argv`; prints every error once and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  watchOutput();
  endWithLaunchers();
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
      return;
    }
    process.exitCode = exitCodeOf(error);
    say(`orchlab: ${messageOf(error)}`);
  }
}

function createProgram(): Command {
  const program = new Command('orchlab')
    .description('The performance lab for workflow orchestrators: real Postgres, real load, honest numbers.')
    .version(orchlabVersion)
    .configureOutput({ writeErr: (text) => say(text.trimEnd()) })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `
Start here:
  orchlab run quick          run the smallest config and print its summary
  orchlab show latest        print that summary again
  orchlab lab                look at it in JupyterLab

Environment:
  DATABASE_URL               the Postgres server to use instead of an embedded one
  ORCHLAB_COMMIT             the commit of the orchestrator under test, noted with each experiment (--commit)
${exitCodesHelp}`,
    );
  addInitCommand(program);
  addQuickstartCommand(program);
  addRunCommands(program);
  addSweepCommand(program);
  addCapacityCommand(program);
  addCostCommand(program);
  addNeighbourCommand(program);
  addShrinkCommand(program);
  addBenchCommand(program);
  addResultsCommands(program);
  addExplainCommand(program);
  addCompareCommand(program);
  addHistoryCommand(program);
  addTargetCommands(program);
  addNotebookCommands(program);
  addLabCommand(program);
  addDatabaseCommand(program);
  return program;
}

/** An error that we made for the user has all there is to say in its message; for any other the stack may help. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return exitCodeOf(error) === exitCodes.unexpected ? (error.stack ?? error.message) : error.message;
}
