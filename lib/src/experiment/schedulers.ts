import { type ProcessIdentity, identify } from '../processes/process-family.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import type { EngineProcess, Scheduler, Target } from '../targets/target.ts';
import type { Ending } from './ending.ts';

/** The schedulers of an experiment, and the engine's processes of its own beside them; stopped on disposal. */
export class Schedulers implements AsyncDisposable {
  readonly all: readonly Scheduler[];
  readonly others: readonly EngineProcess[];
  private readonly identities: readonly ProcessIdentity[];
  private stopping = false;

  constructor(all: readonly Scheduler[], others: readonly EngineProcess[], ending: Ending) {
    this.all = all;
    this.others = others;
    this.identities = [...all, ...others].map(({ pid }) => identify(pid));
    const watch = ({ exited }: Scheduler, name: string, log = ''): void => {
      void exited.then(({ code, signal }) => {
        if (!this.stopping) ending.end('failed', `${name} ended with ${signal ?? `exit code ${code}`} while it was needed${log}`);
      });
    };
    for (const [instance, scheduler] of all.entries())
      watch(scheduler, `scheduler ${instance}`, ` (its output: scheduler-${instance}.log)`);
    for (const process of others) watch(process, `the ${process.role} process (pid ${process.pid})`);
  }

  /** Ends them all with their workers, the schedulers first; resolves with a sentence about what they left behind, if any. May be called again. */
  async stop(): Promise<readonly string[]> {
    this.stopping = true;
    const stopAll = async (): Promise<void> => {
      await Promise.all(this.all.map(async (scheduler) => scheduler.stop()));
      await Promise.all(this.others.map(async (process) => process.stop()));
    };
    return leftBehind(await stopWithFamily(this.identities, undefined, stopAll));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Starts the engine's processes of its own, then `count` schedulers side by side; when one fails, those that started are stopped again. */
export async function startSchedulers(target: Target, count: number, ending: Ending): Promise<Schedulers> {
  const others = (await target.startProcesses?.()) ?? [];
  const results = await Promise.allSettled(Array.from({ length: count }, async (_, instance) => target.startScheduler(instance)));
  const started = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const schedulers = new Schedulers(started, others, ending);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) {
    await schedulers.stop();
    throw failure.reason;
  }
  return schedulers;
}
