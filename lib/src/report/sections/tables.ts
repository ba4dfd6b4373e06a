import type { Summary } from '../../analysis/summary.ts';
import { type Section, facts } from '../document.ts';
import { figureTitle, fixedFigure, valueIn } from './figure-text.ts';

/** What the engine keeps in its tables; nothing where the config asked for no history. */
export function tablesSection(summary: Summary): Section {
  const title = 'Tables';
  if (valueIn(summary, 'history.tasks') === null) return { title, blocks: [] };
  const names = ['history.tasks', 'tables.bytesStart', 'tables.bytesEnd', 'tables.bytesPerTask', 'tables.deadTuplesPeak'];
  return { title, blocks: [facts(Object.fromEntries(names.map((name) => [figureTitle(summary, name), fixedFigure(summary, name)])))] };
}
