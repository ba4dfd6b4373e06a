import { type ProcessIdentity, identify } from '../processes/process-family.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import type { Scheduler, Target } from '../targets/target.ts';
import type { Ending } from './ending.ts';

/** The schedulers of an experiment; stopped on disposal. */
export class Schedulers implements AsyncDisposable {
  readonly all: readonly Scheduler[];
  private readonly identities: readonly ProcessIdentity[];
  private stopping = false;

  constructor(all: readonly Scheduler[], ending: Ending) {
    this.all = all;
    this.identities = all.map(({ pid }) => identify(pid));
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

  /** Ends them all with their workers; resolves with a sentence about what they left behind, if any. May be called again. */
  async stop(): Promise<readonly string[]> {
    this.stopping = true;
    const stopAll = async (): Promise<unknown> => Promise.all(this.all.map(async (scheduler) => scheduler.stop()));
    return leftBehind(await stopWithFamily(this.identities, undefined, stopAll));
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
