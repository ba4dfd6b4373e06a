/** Settings by their dotted names, each with its last part where that is enough to tell it from the others. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  return new Map(names.map((name) => [name, names.filter((other) => last(other) === last(name)).length > 1 ? name : last(name)]));
}

/** `target=pg-boss max_concurrent_dispatches=5` */
export function settingWords(settings: Readonly<Record<string, unknown>>): string {
  const short = shortNames(Object.keys(settings));
  return Object.entries(settings)
    .map(([name, value]) => `${short.get(name) ?? name}=${String(value)}`)
    .join(' ');
}
