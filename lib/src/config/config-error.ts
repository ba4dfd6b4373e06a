/** One thing that is wrong with a config: where, what was expected, what was got. */
export interface ConfigProblem {
  /** Where the value is: `file:line`, or the name of what it came from. */
  readonly place: string;
  /** Dotted path, for instance `scheduler.db_pool_size`; empty for the whole. */
  readonly key: string;
  readonly expected: string;
  readonly got: string;
}

/** A config that can't be used. The message has one line a problem: `file:line key: expected ..., got ...`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      problems
        .map(({ place, key, expected, got }) => `${place}${key === '' ? '' : ` ${key}`}: expected ${expected}, got ${got}`)
        .join('\n'),
    );
    this.problems = problems;
  }
}
