/** One thing that is wrong with a config: where, what was expected, what was got. */
export interface ConfigProblem {
  /** 1-based, when the config came from a file. */
  readonly line?: number;
  /** Dotted path, for instance `scheduler.db_pool_size`; empty for the whole file. */
  readonly key: string;
  readonly expected: string;
  readonly got: string;
}

/** A config that can't be used. The message has one line a problem: `file:line key: expected ..., got ...`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly source: string;
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => describe(source, problem)).join('\n'));
    this.source = source;
    this.problems = problems;
  }
}

function describe(source: string, { line, key, expected, got }: ConfigProblem): string {
  const place = line === undefined ? source : `${source}:${line}`;
  return `${place}${key === '' ? '' : ` ${key}`}: expected ${expected}, got ${got}`;
}
