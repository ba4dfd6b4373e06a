const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // postgres://user:password@host
  [/(:\/\/)[^\s/@]+@/g, '$1…@'],
  [/\bfile:\/\/\/(?:[^\s/'"`]+\/)+/g, 'file://…/'],
  // /home/someone/project/file: the file's name is all that a reader elsewhere can use.
  [/(?<![\w.:/~…-])\/(?:[^\s/'"`:;,()]+\/)+([^\s/'"`:;,()]*)/g, '…/$1'],
  [/\b[A-Za-z]:\\(?:[^\s\\'"]+\\)+([^\s\\'"]*)/g, '…\\$1'],
];

/** Text without what tells of the machine it was written on: absolute paths keep their last part, URLs lose user and password. */
export function redact(text: string): string {
  return rules.reduce((result, [pattern, replacement]) => result.replaceAll(pattern, replacement), text);
}
