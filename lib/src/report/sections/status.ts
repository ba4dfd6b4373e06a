import { damageWords } from '../../analysis/damage.ts';
import type { Summary } from '../../analysis/summary.ts';
import { type Block, type Section, facts, sentence } from '../document.ts';
import { unsaid } from './verdict.ts';

/** `done`, `done, damaged`. */
export function statusWords({ status, damage }: Pick<Summary, 'status' | 'damage'>): string {
  return damage === null ? status : `${status}, damaged`;
}

/**
 * Whether there is anything to tell of an experiment but how it ended: a run that was to be sent, or a sample. Not where its database was never
 * reached, for instance, or its scheduler did not start.
 */
export function isMeasured({ runs, driver, damage }: Summary): boolean {
  return damage !== null || runs.submitted + runs.rejected + runs.dropped > 0 || driver.rssBytesPeak !== null;
}

/** Why the experiment is not as it was asked for; nothing where it is done. */
export function statusSection(summary: Summary): Section {
  const { status, reason } = summary;
  if (status === 'done') return { blocks: [] };
  const because = reason === undefined ? '' : ` (${reason})`;
  const when = isMeasured(summary) ? '' : ' before anything was measured';
  const words = status === 'running' ? 'running (it still runs, or was killed)' : `${status}${when}${because}`;
  return { blocks: [facts({ Status: words })] };
}

export function damageSection({ damage }: Summary): Section {
  return { blocks: damage === null ? [] : [facts({ Careful: damageWords(damage) })] };
}

/** Those that no note of the verdict has said. */
export function warningsSection({ warnings, verdict }: Summary): Section {
  const items = unsaid(verdict.notes, warnings);
  return { title: 'Warnings', blocks: items.length === 0 ? [] : [{ kind: 'list', items }] };
}

/** For the page's end: how it ended, and the warnings or that there are none. */
export function statusAndWarnings(summary: Summary): Section {
  const { status, reason } = summary;
  const meaning = status === 'running' ? 'running: it still ran when this page was written, or was killed' : status;
  const warnings: readonly Block[] = warningsSection(summary).blocks;
  return {
    id: 'status',
    title: 'Status and warnings',
    blocks: [
      sentence(`Status: ${meaning}${reason === undefined ? '' : `. ${reason}`}`),
      ...(warnings.length > 0 ? warnings : [sentence('No warnings.')]),
    ],
  };
}
