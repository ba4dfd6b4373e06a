import type { Progress } from '../results/progress.ts';

/** Calls `onStuck` when an experiment has got no further for `limitMs`: neither another step nor another count of runs or tasks. */
export class StuckTimer {
  private readonly limitMs: number;
  private readonly onStuck: () => void;
  private timer: NodeJS.Timeout | undefined;
  private last = '';

  constructor(limitMs: number, onStuck: () => void) {
    this.limitMs = limitMs;
    this.onStuck = onStuck;
  }

  start(): void {
    this.timer ??= setTimeout(this.onStuck, this.limitMs).unref();
  }

  seen({ phase, step, runs, tasks }: Pick<Progress, 'phase' | 'step' | 'runs' | 'tasks'>): void {
    const now = JSON.stringify([phase, step, runs, tasks]);
    if (now !== this.last) this.timer?.refresh();
    this.last = now;
  }
}
