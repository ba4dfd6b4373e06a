import { commitOf, isSameCommit } from './experiment-commit.ts';
import type { Experiment } from './experiment.ts';
import { ExperimentNotFoundError } from './find-experiments.ts';
import { type GitRevision, GitRevisionError, gitRevision } from './git-revision.ts';

/** Which experiments a revision is asked for; what is left out may be any. */
interface Setup {
  readonly config?: string;
  readonly target?: string;
}

export interface ExperimentsOfRevision {
  readonly experiments: readonly Experiment[];
  /** Which commit they are of, and how many they are, for instance `commit 1a2b3c4d, 6 experiments of standard on dbos`. */
  readonly words: string;
}

const shownDigits = 8;

/**
 * The experiments that were run at a git revision and ended as done: of a commit, a tag or an expression those of that commit; of a branch
 * those of the newest commit in its history that has any. For each of `setups` by itself; default: all that are given together.
 *
 * The commit of an experiment is that of the engine, where it was said (`--commit`), else that of the workspace (`commitOf`): one that was run with uncommitted
 * changes is of no commit. Both are looked for in the workspace's repository. Throws an ExperimentNotFoundError where git knows no such revision, and
 * where a setup has no experiments there.
 */
export async function experimentsOfRevision(
  name: string,
  among: readonly Experiment[],
  { repository, setups = [{}] }: { readonly repository: string; readonly setups?: readonly Setup[] },
): Promise<ExperimentsOfRevision> {
  const revision = await gitRevision(name, repository).catch((error: unknown) => {
    if (!(error instanceof GitRevisionError)) throw error;
    throw new ExperimentNotFoundError(
      `experiments ${name}: expected the name of an experiment or a series (or its beginning), latest, a label, or a git revision, got none of them: ${error.message}; orchlab list shows the experiments`,
      { cause: error },
    );
  });
  const taken = setups.map((setup) => {
    const fitting = among.filter(({ manifest: { config, target, status } }) => {
      const isOfConfig = setup.config === undefined || config.name === setup.config;
      return isOfConfig && (setup.target === undefined || target.name === setup.target) && status === 'done';
    });
    const commits = revision.isBranch ? revision.history : [revision.commit];
    const commit = newestWith(fitting, commits);
    if (commit === undefined) throw new ExperimentNotFoundError(noneWords(name, revision, setupWords(setup), fitting));
    return { setup, commit, experiments: fitting.filter((experiment) => isOf(experiment, commit)) };
  });
  const words = taken.map(({ setup, commit, experiments }) => {
    const at = `commit ${commit.slice(0, shownDigits)}${distanceWords(revision, commit)}`;
    return `${at}, ${countWords(experiments.length)}${setupWords(setup)}`;
  });
  return { experiments: taken.flatMap(({ experiments }) => experiments), words: words.join('; ') };
}

function isOf({ manifest }: Experiment, commit: string): boolean {
  const own = commitOf(manifest);
  return own?.isExact === true && isSameCommit(own.name, commit);
}

function newestWith(experiments: readonly Experiment[], commits: readonly string[]): string | undefined {
  const names = [...new Set(experiments.map(({ manifest }) => commitOf(manifest)).flatMap((own) => (own?.isExact ? [own.name] : [])))];
  const whole = new Set(names);
  const beginnings = names.filter((name) => name.length < 40);
  return commits.find((commit) => whole.has(commit) || beginnings.some((name) => isSameCommit(name, commit)));
}

/** How far back the commit is that has experiments. */
function distanceWords({ commit: tip, history }: GitRevision, commit: string): string {
  const behind = history.indexOf(commit);
  return behind <= 0 ? '' : ` (${behind} before its newest, ${tip.slice(0, shownDigits)})`;
}

function noneWords(name: string, revision: GitRevision, setup: string, fitting: readonly Experiment[]): string {
  const { commit, history, isBranch, isShallow } = revision;
  const where = isBranch ? `at any of the ${history.length} commits of ${name}` : `at ${name}, commit ${commit.slice(0, shownDigits)}`;
  const before = isBranch ? undefined : newestWith(fitting, history);
  const commits = fitting.map(({ manifest }) => commitOf(manifest));
  const unclean = commits.filter((own) => own?.isExact === false).length;
  const without = commits.filter((own) => own === undefined).length;
  const hints = [
    before === undefined ? undefined : `the newest commit before it that has some is ${before.slice(0, shownDigits)}`,
    unclean > 0 ? `${countWords(unclean)} had uncommitted changes, and are of no commit` : undefined,
    without > 0 ? `${countWords(without)} noted no commit` : undefined,
    isShallow ? 'this clone holds a part of the history only (git fetch --unshallow)' : undefined,
    fitting.length > unclean + without && before === undefined
      ? `the others are of commits that are none of its history; is it the engine's, of another repository? Then commit=<its beginning>`
      : undefined,
  ].filter((hint) => hint !== undefined);
  const why = hints.length > 0 ? ` (${hints.join('; ')})` : '';
  return `experiments ${name}: expected an experiment${setup} that ended as done ${where}, got none of ${fitting.length}${why}`;
}

function countWords(count: number): string {
  return count === 1 ? '1 experiment' : `${count} experiments`;
}

function setupWords({ config, target }: Setup): string {
  return `${config === undefined ? '' : ` of ${config}`}${target === undefined ? '' : ` on ${target}`}`;
}
