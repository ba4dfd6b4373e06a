import type { Scheduler, Target } from '../targets/target.ts';
import type { Ending } from './ending.ts';

/** The schedulers of an experiment; stopped on disposal. */
export class Schedulers implements AsyncDisposable {
  readonly all: readonly Scheduler[];
  private stopping = false;

  constructor(all: readonly Scheduler[], ending: Ending) {
    this.all = all;
    for (const [instance, scheduler] of all.entries()) {
      void scheduler.exited.then(({ code, signal }) => {
        if (!this.stopping)
          ending.end(
            'failed',
            `scheduler ${instance} ended with ${signal ?? `exit code ${code}`} while it was needed (its output: scheduler-${instance}.log)`,
          );
      });
    }
  }

  /** Ends them all with their workers; may be called again. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.all.map(async (scheduler) => scheduler.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Starts `count` scheduler processes side by side; when one fails, those that started are stopped again. */
export async function startSchedulers(target: Target, count: number, ending: Ending): Promise<Schedulers> {
  const results = await Promise.allSettled(Array.from({ length: count }, async (_, instance) => target.startScheduler(instance)));
  const started = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const schedulers = new Schedulers(started, ending);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) {
    await schedulers.stop();
    throw failure.reason;
  }
  return schedulers;
}
