import { type Cell, type DoesNotApply, type Phase, phases } from './cell.ts';
import type { Outcome } from './judge.ts';

/** A cell, and its row of the page. */
interface Told {
  readonly cell: Cell;
  readonly row: string;
}

/** Coarse, so that two full runs make the same document. */
const boundsSeconds = [5, 10, 30, 60, 120];

const introduction = `# Reliability

What orchlab does when something goes wrong around it. Each line below is a real \`orchlab run\` (a small load, a real Postgres) to which the
fault was done when the phase was reached; \`npm run test-reliability\` does them all and writes this page from what was measured
([lib/test/survival](../lib/test/survival)). Faults that you plan, to see what your engine makes of them, are another matter: [faults.md](faults.md).

What holds in every line, beside what it says:

- the command ends, and at most one line on stderr says what happened (it begins with \`orchlab: \`); never a stack;
- the experiment's directory opens, with what was sampled until then (status \`none\`: there was nothing to keep);
- no process, no temporary directory and no experiment database is left.

**After**: from the fault (from the start of the command, where it is there from the beginning) to the end of the command, rounded up, on a
busy machine of two cores. Where nothing is written under **says**, the fault changes nothing, or is a
warning of the experiment. The exit codes are those of \`orchlab --help\`. In messages … is a path, and \\<pid\\>, \\<port\\> and the like differ
each time.

The phases: **start** until there is a database, **prepare** until the engine is ready, **load** while work is submitted, **drain** until it
has ended, **collect** until the results are complete, **report** after that.
`;

/** docs/reliability.md: of `cells` that have not been tried now (no row in `rows`) it says what the page says that there is. */
export function reliabilityDocument(
  cells: readonly Cell[],
  limits: readonly DoesNotApply[],
  rows: ReadonlyMap<Cell, string>,
  earlier: string,
): string {
  const told = cells.map((cell): Told => ({
    cell,
    row: rows.get(cell) ?? findRow(earlier, cell) ?? rowOf(cell, undefined, ['has not been tried yet']),
  }));
  const faults = [...new Set([...cells, ...limits].map(({ fault }) => fault))];
  return [
    introduction,
    '## The matrix\n',
    `✓ as it should be (a number: so many cases); ✗ not; – does not apply, or is no case of its own (why is said below); ? could not be tried.\n`,
    ...table(
      ['fault', ...phases],
      faults.map((fault) => [linkTo(fault), ...phases.map((phase) => mark(told, fault, phase))]),
    ),
    ...faults.flatMap((fault) => section(fault, told, limits)),
  ].join('\n');
}

function linkTo(fault: string): string {
  const anchor = headingOf(fault)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-');
  return `[${headingOf(fault)}](#${anchor})`;
}

function headingOf(fault: string): string {
  return fault.charAt(0).toUpperCase() + fault.slice(1);
}

function mark(told: readonly Told[], fault: string, phase: Phase): string {
  const here = told.filter(({ cell }) => cell.fault === fault && cell.phase === phase);
  if (here.length === 0) return '–';
  if (here.some(({ row }) => row.includes('✗'))) return '✗';
  if (here.every(({ cell }) => cell.skip !== undefined)) return '?';
  return here.length === 1 ? '✓' : `✓ ${here.length}`;
}

function section(fault: string, told: readonly Told[], limits: readonly DoesNotApply[]): readonly string[] {
  const ofFault = told.filter(({ cell }) => cell.fault === fault).toSorted((one, other) => rank(one) - rank(other));
  const notApplying = limits.filter((limit) => limit.fault === fault);
  return [
    `## ${headingOf(fault)}\n`,
    ...table(['phase', 'what was done', 'after', 'exit code', 'status', 'says'], []).slice(0, -1),
    ...ofFault.map(({ row }) => row),
    '',
    ...notApplying.map((limit) => `No case of its own in ${limit.phases.join(', ')}: ${limit.why}.\n`),
  ];
}

function rank({ cell }: Told): number {
  return phases.indexOf(cell.phase);
}

/** The cells of a row that say which cell of the matrix it is. */
function keyOf(cell: Cell): readonly string[] {
  return [cell.phase, escaped(cell.done)];
}

/** The row of a cell in a page, or undefined. */
export function findRow(page: string, cell: Cell): string | undefined {
  const [, after = ''] = page.split(`\n## ${headingOf(cell.fault)}\n`);
  const [own = ''] = after.split('\n## ');
  return own.split('\n').find((row) => row.startsWith(`| ${keyOf(cell).join(' | ')} |`));
}

/** The row of a cell that was tried: what it came to, or what did not hold, a line each. */
export function rowOf(cell: Cell, outcome: Outcome | undefined, problems: readonly string[]): string {
  return tableLine([...keyOf(cell), ...(cell.skip === undefined ? cameTo(outcome, problems) : notTried(cell.skip))]);
}

function cameTo(outcome: Outcome | undefined, problems: readonly string[]): readonly string[] {
  const said = problems.length > 0 ? `✗ ${problems.join(' ✗ ')}` : (outcome?.message ?? '');
  return [outcome ? boundOf(outcome.seconds) : '', String(outcome?.code ?? ''), outcome?.status ?? '', escaped(said)];
}

function notTried(why: string): readonly string[] {
  return ['', '', '', escaped(`not tried: ${why}`)];
}

function boundOf(seconds: number): string {
  const bound = boundsSeconds.find((limit) => seconds < limit);
  return bound === undefined ? `${Math.ceil(seconds)} s` : `< ${bound} s`;
}

function escaped(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll(/[|<>]/g, String.raw`\$&`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [tableLine(head), tableLine(head.map(() => '---')), ...rows.map(tableLine), ''];
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
