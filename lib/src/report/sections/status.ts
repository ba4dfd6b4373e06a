import { damageWords } from '../../analysis/damage.ts';
import type { Summary } from '../../analysis/summary.ts';
import { type Block, type Section, facts, sentence } from '../document.ts';
import { unsaid } from './verdict.ts';

/** `done`, `done, damaged`. */
export function statusWords({ status, damage }: Pick<Summary, 'status' | 'damage'>): string {
  return damage === null ? status : `${status}, damaged`;
}

/** Why the experiment is not as it was asked for; nothing where it is done. */
export function statusSection({ status, reason }: Summary): Section {
  if (status === 'done') return { blocks: [] };
  const words = status === 'running' ? 'running (it still runs, or was killed)' : `${status}${reason === undefined ? '' : ` (${reason})`}`;
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
