const width = 120;
const height = 22;

/** A small inline SVG curve of `values` from zero to their maximum, in the colour of the text around it. */
export function sparkline(values: readonly number[]): string {
  const known = values.filter((value) => Number.isFinite(value));
  const max = Math.max(...known, Number.MIN_VALUE);
  const step = known.length > 1 ? width / (known.length - 1) : 0;
  const points = known.map((value, index) => `${(index * step).toFixed(1)},${(height - 1 - (value / max) * (height - 2)).toFixed(1)}`);
  return (
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" style="vertical-align:middle" aria-hidden="true">` +
    `<polyline points="${points.join(' ')}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>`
  );
}

/** The last readings of something, thinned out evenly as they grow so that the whole time stays in view. */
export class History {
  readonly #limit: number;
  #values: number[] = [];
  #stride = 1;
  #skipped = 0;

  constructor(limit = width) {
    this.#limit = limit;
  }

  add(value: number): void {
    if (++this.#skipped < this.#stride) return;
    this.#skipped = 0;
    this.#values.push(value);
    if (this.#values.length < this.#limit * 2) return;
    this.#values = this.#values.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  get values(): readonly number[] {
    return this.#values;
  }
}
