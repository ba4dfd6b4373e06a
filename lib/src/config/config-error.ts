/** One thing that is wrong with a config: where, what was expected, what was got. */
export interface ConfigProblem {
  /** Where the value is: `file:line`, or the name of what it came from. */
  readonly place: string;
  /** Dotted path, for instance `scheduler.db_pool_size`; empty for the whole. */
  readonly key: string;
  readonly expected: string;
  readonly got: string;
}

/** Lines of a message that somebody reads. */
const mostLines = 20;
/** Characters of what was given: a value, a key, a name. */
const mostShown = 500;

/** A config that can't be used. The message has one line a problem: `file:line key: expected ..., got ...`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      [
        ...problems.slice(0, mostLines).map(lineOf),
        ...(problems.length > mostLines ? [`and ${problems.length - mostLines} more`] : []),
      ].join('\n'),
    );
    this.problems = problems;
  }
}

function lineOf({ place, key, expected, got }: ConfigProblem): string {
  return `${shortened(place)}${key === '' ? '' : ` ${shortened(key)}`}: expected ${expected}, got ${shortened(got)}`;
}

function shortened(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}
