/** What was silent when it was let go on may answer a moment later. */
const graceMs = 2000;

/** When the database is kept from answering on purpose: whoever watches it takes no silence of then for its end. */
export class PlannedOutage {
  private underWay = 0;
  private endedMs = Number.NEGATIVE_INFINITY;
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** From now on, until the function that is returned is called. */
  begin(): () => void {
    this.underWay++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.underWay--;
      this.endedMs = this.nowMs();
    };
  }

  /** Whether there was one at any time since `sinceMs`, or has been until just now. */
  wasOn(sinceMs: number): boolean {
    return this.underWay > 0 || this.endedMs + graceMs > sinceMs;
  }
}
