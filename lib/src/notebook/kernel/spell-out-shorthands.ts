import { type SyntaxNode, typescript as ts } from './tslab-internals.ts';

/**
 * Writes `{ name }` as `{ name: name }` for the names of earlier cells: tslab compiles a cell's use of those to `exports.name`, but
 * overlooks shorthand properties, which would end as "name is not defined".
 */
export function spellOutShorthands(source: string, isEarlier: (name: string) => boolean): string {
  const places: number[] = [];
  const visit = (node: SyntaxNode): void => {
    if (ts.isShorthandPropertyAssignment(node) && isEarlier(node.name.text)) places.push(node.name.end);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest));
  // From the end, so that the earlier places stay where they are.
  return places
    .sort((a, b) => b - a)
    .reduce((text, end) => {
      const name = /[\w$\u0080-\uffff]+$/.exec(text.slice(0, end))?.[0] ?? '';
      return `${text.slice(0, end)}: ${name}${text.slice(end)}`;
    }, source);
}
