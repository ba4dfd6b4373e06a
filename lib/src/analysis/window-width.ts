/** Widths of windows, and the longest experiment, in seconds, that each is for. */
const widths: readonly (readonly [windowSeconds: number, upToSeconds: number])[] = [
  [0.2, 2],
  [0.5, 4],
  [1, 90],
  [5, 450],
  [10, 1800],
  [60, 7200],
];

/** A width in seconds for windows over `durationSeconds`: wide enough that a rate or a percentile means something, narrow enough for some 100 of them. */
export function chooseWindowSeconds(durationSeconds: number): number {
  return widths.find(([, upToSeconds]) => durationSeconds <= upToSeconds)?.[0] ?? 600;
}
