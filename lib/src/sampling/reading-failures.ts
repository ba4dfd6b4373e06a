import { reasonOf } from '../errors/error-reason.ts';

/** Readings that failed, by what was to be read: a sampler never ends an experiment. */
export class ReadingFailures {
  private readonly byName = new Map<string, { count: number; first: string }>();

  /** A function that notes an error in reading `name`. */
  of(name: string): (error: unknown) => void {
    return (error) => {
      const known = this.byName.get(name) ?? { count: 0, first: reasonOf(error) };
      this.byName.set(name, { ...known, count: known.count + 1 });
    };
  }

  /** A sentence for each that failed. */
  warnings(): string[] {
    return [...this.byName].map(([name, { count, first }]) => `${count} readings of ${name} failed, the first with: ${first}`);
  }
}
