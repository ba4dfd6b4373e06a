import { changeOf } from './comparison-words.ts';
import { formatFigure } from './figure-units.ts';
import { plural, shortCommit } from './format-figure.ts';
import { type FigureChange, type FigureHistory, type HistoryLine, leastForChanges } from './history.ts';

/** A level of fewer experiments than this may be one that was disturbed. */
const leastOfLevel = 3;

/** What the line with most experiments shows, in a sentence without its full stop. */
export function historyTitle(lines: readonly HistoryLine[]): string {
  const [line] = lines;
  if (!line) return 'There is no experiment to tell a history of';
  const { config, target } = line.setup;
  const what = `${config === '' ? 'experiments' : config}${target === '' ? '' : ` on ${target}`}`;
  const changes = line.figures.flatMap((figure) => figure.changes.map((change) => ({ figure, change })));
  if (line.points.length < leastForChanges)
    return `${what}: ${plural(line.points.length, 'experiment')} so far, too few to find changes in`;
  const last = changes.toSorted((a, b) => b.change.point - a.change.point)[0];
  if (!last) return `${what}: no figure changed over ${plural(line.points.length, 'experiment')}`;
  return `${what}: ${plural(changes.length, 'change')} over ${plural(line.points.length, 'experiment')}, the last in ${last.figure.title} (${changeWords(last.change)})`;
}

/** What all experiments of a line have in common, and from when to when they are. */
export function lineWords({ setup: { config, configHash, target, host, postgres }, points }: HistoryLine): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const [from, to] = [points[0]!, points.at(-1)!].map(({ atMs }) => day(atMs));
  const when = from === to ? `on ${from}` : `from ${from} to ${to}`;
  const known = [`config ${config} (${configHash || 'unknown'})`, target, `Postgres ${postgres || 'unknown'}`, host || 'unknown host'];
  return `${plural(points.length, 'experiment')} ${when}: ${known.filter((word) => word !== '').join(', ')}.`;
}

/** For instance `+8.1 %, worse`. */
function changeWords({ meanBefore, meanAfter, outcome }: FigureChange): string {
  return `${changeOf(meanAfter / meanBefore)}${outcome === 'neither' ? '' : `, ${outcome}`}`;
}

/** A change with where it first shows, and what is not the same there, a sentence. */
export function changeSentence(line: HistoryLine, { title, unit }: FigureHistory, change: FigureChange): string {
  const { point, p, meanBefore, meanAfter, countBefore, countAfter, differences } = change;
  const fewest = Math.min(countBefore, countAfter);
  const doubt =
    fewest < leastOfLevel
      ? ` (of ${plural(fewest, 'experiment')} only ${countAfter < countBefore ? 'after' : 'before'} it: it may be an outlier)`
      : '';
  const { experiment, commit, label } = line.points[point]!;
  const causes = differences.map(
    ({ what, before, after }) => `${what} ${shortCommit(before) || 'unknown'} → ${shortCommit(after) || 'unknown'}`,
  );
  const noted = [label && `label ${label}`, commit && `commit ${shortCommit(commit)}`].filter((word) => word !== '');
  const where = `${experiment}${noted.length === 0 ? '' : ` (${noted.join(', ')})`}`;
  const levels = `${formatFigure(meanBefore, unit)} → ${formatFigure(meanAfter, unit)}`;
  return `${title} ${changeWords(change)}: ${levels} from ${where} on${doubt}, p ${p === 0 ? 'below 1e-300' : Number(p.toPrecision(1))}; ${causes.length === 0 ? 'no version or commit that is noted changed there' : `there changed: ${causes.join(', ')}`}.`;
}
