/** A number and what it may be as well. */
export interface Interval {
  /** NaN: what there is does not bound it on this side. */
  readonly low: number;
  readonly high: number;
  /** How often such an interval holds the true value, 0 to 1. */
  readonly level: number;
}

export interface Estimate extends Interval {
  readonly value: number;
}
