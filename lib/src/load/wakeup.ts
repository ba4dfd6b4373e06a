/** Lets those who wait for a change of state look again. */
export class Wakeup {
  private nextChange = Promise.withResolvers<void>();

  /** Resolves at the next `notify`. */
  async next(): Promise<void> {
    return this.nextChange.promise;
  }

  notify(): void {
    const { resolve } = this.nextChange;
    this.nextChange = Promise.withResolvers<void>();
    resolve();
  }
}
