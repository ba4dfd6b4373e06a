import { figures } from '../analysis/figures.ts';
import { figureTables } from '../analysis/figure-tables.ts';
import { waitMeanings } from '../analysis/wait-meanings.ts';
import type { FigureUnit } from '../analysis/figure-units.ts';
import { type ColumnType, type TableDeclaration, sampleTables } from '../results/tables.ts';

const typeWords: Readonly<Record<Extract<ColumnType, string>, string>> = {
  float64: 'number',
  int32: 'whole number',
  utf8: 'text',
  bool: 'true or false',
  label: 'text, one of a few',
};

const introduction = `# Data dictionary

Every column of every table, by the name that one types. \`npm run dictionary\` writes this page from what the library itself knows (and shows:
as the tooltip of a heading, and on Shift+Tab in a cell).

A unit is in the name: \`...Ms\` are milliseconds, of a moment since 1970 (tables show those as time of day, UTC), \`...Seconds\` seconds, \`...Bytes\`
bytes (shown in MB, 1,000,000 bytes), \`...Ratio\` a ratio (shown in percent), \`...PerSecond\` a second. NaN is "not known" or "did not happen",
never zero, and shown as a dash.
`;

/** The data dictionary, docs/data.md: what is in each table of an experiment, and in those that functions return. In Markdown. */
export function dataDictionary(): string {
  return [
    introduction,
    "## Tables of an experiment\n\n`experiment.tasks` and so on; in an experiment's directory an Arrow file each.\n",
    ...Object.entries(sampleTables).map(([name, table]) => section(`experiment.${name}`, table)),
    '## Tables that functions return\n',
    ...Object.entries(figureTables).map(([name, table]) => section(`${name}(...)`, table)),
    waits,
    figureSection(),
  ].join('\n');
}

/** What `waitsOf` says of each wait. */
const waits = [
  '## What connections wait for\n',
  'Wait events of PostgreSQL (`waits`, `waitsOf`), the more particular first; one without an event is any other of its type.\n',
  '| wait | what for | what it means | what to look at or change |',
  '|---|---|---|---|',
  ...waitMeanings.map(
    ({ type, event = '', subject, words, meaning, advice }) =>
      `| ${`${type} ${event}`.trim()}${subject === undefined ? '' : ` (${subject})`} | ${words} | ${meaning} | ${advice} |`,
  ),
  '',
].join('\n');

function wordsOf(type: ColumnType): string {
  return typeof type === 'string' ? typeWords[type] : `one of ${type.categories.join(', ')}`;
}

function section(heading: string, { rows, columns }: TableDeclaration): string {
  const lines = Object.entries(columns).map(
    ([name, [type, meaning]]) => `| \`${name}\` | ${wordsOf(type)} | ${meaning.replaceAll('|', '\\|')} |`,
  );
  return [`### \`${heading}\`\n`, `${rows}\n`, '| column | type | meaning |', '|---|---|---|', ...lines, ''].join('\n');
}

const unitWords: Readonly<Record<FigureUnit, string>> = {
  seconds: 'seconds',
  secondsPerTask: 'seconds a task',
  bytesPerTask: 'bytes a task',
  perTask: 'number a task',
  bytes: 'bytes',
  bytesPerHour: 'bytes an hour',
  ratio: '1 is all of it, of CPU one core',
  tasksPerSecond: 'tasks a second',
  runsPerSecond: 'runs a second',
  perSecond: 'a second',
  bytesPerSecond: 'bytes a second',
  count: '',
};

/** The catalogue of figures: groups whose figures have the same names and units share their rows. */
function figureSection(): string {
  const groupOf = (name: string): string => name.slice(0, name.lastIndexOf('.') + 1);
  const ownOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const groups = Map.groupBy(figures, ({ name }) => groupOf(name));
  const alike = Map.groupBy(groups, ([, members]) => members.map(({ name, unit }) => `${ownOf(name)} ${unit}`).join(' '));
  const rows = [...alike.values()].flatMap((same) => {
    const [[, members] = ['', []]] = same;
    const prefixes = same.map(([group]) => (group === '' ? '' : `\`${group}\``)).filter((group) => group !== '');
    const byKind = Map.groupBy(members, ({ unit, better = '' }) => `${unitWords[unit]} | ${better}`);
    return [...byKind].map(
      ([kind, some]) => `| ${prefixes.join(' ')} | ${some.map(({ name }) => `\`${ownOf(name)}\``).join(' ')} | ${kind} |`,
    );
  });
  return [
    '## Figures\n',
    'What `summary.json` has under `figures`, what `figureOf` takes, and what thresholds are of: a name is a group and a figure of it, such as',
    '`response.p99`. A target whose processes have further roles has the figures of `scheduler.` for each of them, too. Those of `makespan`,',
    '`makespanOverAsked`, `makespanOverMeasured`, `dependencyGap`, `criticalPath` and `width`, and `tasks.early`, are there where the config has a `shape`,',
    'those of `lateness`, and `runs.early`, where it has a `delay`,',
    'and those of `firings` and `firingLateness` where it has `periodic` work.\n',
    '| group | figures | in | better |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
