/** A value as shells, libpq and URLs write it: quoted (to the end of the line where the other quote is missing), escaped, or up to a space or &. */
const value = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|['"].*|\\.|[^\s&'"\\])*`;
const secretName = String.raw`[\w.-]*(?:password|passwd|pwd|passphrase|secret|token)\w*`;

const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A path right after a colour would not be seen as one.
  [new RegExp(String.raw`\x1b\[[\d;]*m`, 'g'), ''],
  // ?password=..., password='a b' of a connection string, PGPASSWORD=...; before URLs, as such a password may have an @.
  [new RegExp(String.raw`(${secretName}\s*=\s*)${value}`, 'gi'), '$1…'],
  [new RegExp(String.raw`("${secretName}"\s*:\s*)"(?:[^"\\]|\\.)*"`, 'gi'), '$1"…"'],
  // postgres://user:password@host: nobody can tell which @ ends a password that is not encoded, so the last one of the line does.
  [/(postgres(?:ql)?:\/\/).*@/gi, '$1…@'],
  [/(:\/\/)\S*@/g, '$1…@'],
  [/\bfile:\/\/\/(?:[^\s/'"`]+\/)+/g, 'file://…/'],
  // /home/someone/project/file: the file's name is all that a reader elsewhere can use.
  [/(?<![\w.:/~…-])\/(?:[^\s/'"`:;,()]+\/)+([^\s/'"`:;,()]*)/g, '…/$1'],
  [/\b[A-Za-z]:\\(?:[^\s\\'"]+\\)+([^\s\\'"]*)/g, '…\\$1'],
];

/**
 * Text without what tells of the machine it was written on: absolute paths keep their last part, URLs lose user and password, and what is
 * called a password, secret or token its value. Rather too much than a password.
 */
export function redact(text: string): string {
  return rules.reduce((result, [pattern, replacement]) => result.replaceAll(pattern, replacement), text);
}
