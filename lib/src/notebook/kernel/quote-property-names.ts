import { type SyntaxNode, typescript as ts } from './tslab-internals.ts';

/**
 * Writes `const { a: b } = x` as `const { 'a': b } = x`: where `x` is of an earlier cell, tslab takes the `a` for a name of that cell and compiles it
 * to `exports.a`, so that the cell ends as "Identifier 'exports' has already been declared". A name in quotes it leaves alone.
 */
export function quotePropertyNames(source: string): string {
  const names: SyntaxNode[] = [];
  const visit = (node: SyntaxNode): void => {
    if (ts.isBindingElement(node) && node.propertyName && ts.isIdentifier(node.propertyName)) names.push(node.propertyName);
    ts.forEachChild(node, visit);
  };
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest);
  visit(file);
  // From the end, so that the earlier places stay where they are.
  return names
    .map((name) => ({ start: name.getStart(file), end: name.end }))
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end }) => `${text.slice(0, start)}'${text.slice(start, end)}'${text.slice(end)}`, source);
}
