/** More than any config or target file has; what is beyond is refused before work is spent on it. */
export const mostCharacters = 1_000_000;
const mostDepth = 100;

/** What is wrong with how far values reach, whatever they mean. */
export interface ExtentProblem {
  readonly path: readonly PropertyKey[];
  readonly expected: string;
  readonly got: string;
}

/**
 * Whether plain values can be walked through: they end, and written out they are at most `most` characters long and 100 levels deep. Aliases
 * in YAML make values that contain themselves, and few that are billions when each is written where it is used. Undefined when all is well.
 */
export function extentProblem(values: unknown, most = mostCharacters): ExtentProblem | undefined {
  // A value that is used twice is measured once: else this would take the time that it is to save.
  const sizes = new Map<object, number>();
  const around = new Set<object>();
  let problem: ExtentProblem | undefined;
  const whole = sizeOf(values, []);
  if (problem) return problem;
  return whole > most ? { path: [], expected: `at most ${most} characters, aliases written out`, got: 'more' } : undefined;

  function sizeOf(value: unknown, path: readonly PropertyKey[]): number {
    if (problem) return 0;
    if (typeof value === 'string') return 1 + value.length;
    if (typeof value !== 'object' || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (around.has(value)) {
      problem = { path, expected: 'a value that ends', got: 'one that contains itself (an alias of what it stands in)' };
      return 0;
    }
    if (path.length > mostDepth) {
      problem = { path: path.slice(0, 3), expected: `at most ${mostDepth} levels of blocks`, got: 'more' };
      return 0;
    }
    around.add(value);
    let sum = 1;
    for (const [key, part] of Object.entries(value)) sum += key.length + sizeOf(part, [...path, Array.isArray(value) ? Number(key) : key]);
    around.delete(value);
    sizes.set(value, sum);
    return sum;
  }
}
