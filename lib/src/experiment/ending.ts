import type { ExperimentStatus } from '../results/manifest.ts';

export type EndStatus = Exclude<ExperimentStatus, 'running'>;

/** How and why an experiment ended; thrown where a wait is cut short by it. */
export class Ended extends Error {
  override readonly name = 'Ended';
  readonly status: EndStatus;

  constructor(status: EndStatus, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** The one place that decides how an experiment ends. */
export class Ending {
  private readonly controller = new AbortController();
  private readonly losing = new AbortController();
  private decided: Ended | undefined;
  /** Asked at a failure for what it may only be the echo of. */
  findCause: () => string | undefined = () => undefined;
  /** Aborted when the experiment ends, with an Ended as its reason. */
  readonly signal: AbortSignal = this.controller.signal;

  /** The first call counts: what goes wrong later is often only its echo. But `done` holds only while nothing else is said. */
  end(status: EndStatus, reason: string): void {
    if (this.decided !== undefined && this.decided.status !== 'done') return;
    this.decided = new Ended(status, (status === 'failed' ? this.findCause() : undefined) ?? reason);
    this.controller.abort(this.decided);
  }

  /** Aborted when what everything needs is gone, its database: then nothing more can be read either. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Ends it as failed: its database is gone. */
  lose(reason: string): void {
    this.end('failed', reason);
    this.losing.abort(new Ended('failed', reason));
  }

  /** Adds to why it failed what was found out about it since. */
  explain(words: string): void {
    if (this.decided?.status === 'failed') this.decided = new Ended('failed', `${this.decided.message}. ${words}`);
  }

  /** How it ended so far; undefined while it goes on. */
  get outcome(): Ended | undefined {
    return this.decided;
  }

  /** Resolves when the experiment ends. */
  async wait(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
