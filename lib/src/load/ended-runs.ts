/** How many of the runs that the driver submitted are known to have ended. Whoever watches the engine tells it. */
export class EndedRuns {
  private known = 0;
  private listener: (more: number) => void = () => undefined;

  get count(): number {
    return this.known;
  }

  /** Told `count` runs in all; never more than have ended. A reading that was overtaken by another one (a lower count) changes nothing. */
  tell(count: number): void {
    const more = count - this.known;
    if (more <= 0) return;
    this.known = count;
    this.listener(more);
  }

  /** Calls `listener` with how many more have ended; there is one listener. */
  onMore(listener: (more: number) => void): void {
    this.listener = listener;
  }
}
