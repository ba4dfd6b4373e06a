import { type Command, InvalidArgumentError } from 'commander';
import { isCommitName, isLabel, labelWords } from '../experiment/commits.ts';

/** What is noted with each experiment, so that it is found by it. */
export interface NoteOptions {
  readonly commit?: string;
  readonly label?: string;
}

/** Adds the options that say what is noted with experiments. */
export function withNoteOptions(command: Command): Command {
  return command
    .option('--commit <commit>', 'the commit of the orchestrator under test, noted with the experiment (ORCHLAB_COMMIT)', toCommit)
    .option(
      '--label <label>',
      'a name for the experiment and others like it, by which compare and --baseline find them (ORCHLAB_LABEL)',
      toLabel,
    );
}

/** Whatever is run from here on inherits them. */
export function noteInEnvironment({ commit, label }: NoteOptions): void {
  if (commit !== undefined) process.env['ORCHLAB_COMMIT'] = commit;
  if (label !== undefined) process.env['ORCHLAB_LABEL'] = label;
}

function toCommit(text: string): string {
  if (!isCommitName(text)) throw new InvalidArgumentError('expected the name of a commit: letters, digits and ._/+-, 100 at most.');
  return text;
}

function toLabel(text: string): string {
  if (!isLabel(text)) throw new InvalidArgumentError(`expected ${labelWords}.`);
  return text;
}
