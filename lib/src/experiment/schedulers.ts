import { type ProcessIdentity, identify } from '../processes/process-family.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import type { EngineProcess, ProcessExit, Scheduler, Target } from '../targets/target.ts';
import type { Ending } from './ending.ts';

/** The schedulers of an experiment, and the engine's processes of its own beside them; stopped on disposal. */
export class Schedulers implements AsyncDisposable {
  readonly others: readonly EngineProcess[];
  /** By instance: the one that was started last. */
  private readonly current: Scheduler[];
  /** Those whose place another one has taken. */
  private readonly former: Scheduler[] = [];
  private readonly identities: ProcessIdentity[];
  private readonly ended = new Set<Scheduler>();
  private readonly expected = new Set<Scheduler>();
  private readonly target: Pick<Target, 'startScheduler'>;
  private readonly ending: Ending;
  private stopping = false;
  /** Told of a scheduler that ended by itself; where it answers true, the experiment goes on without it. */
  onExit: (instance: number, exit: ProcessExit) => boolean = () => false;
  /** Told of a scheduler that took the place of another one. */
  onStart: (instance: number, pid: number) => void = () => undefined;

  constructor(
    started: { readonly schedulers: readonly Scheduler[]; readonly others: readonly EngineProcess[] },
    target: Pick<Target, 'startScheduler'>,
    ending: Ending,
  ) {
    this.current = [...started.schedulers];
    this.others = started.others;
    this.target = target;
    this.ending = ending;
    this.identities = [...this.current, ...this.others].map(({ pid }) => identify(pid));
    for (const [instance, scheduler] of this.current.entries()) this.watch(scheduler, instance);
    for (const process of this.others)
      void process.exited.then((exit) => {
        if (!this.stopping) ending.end('failed', `the ${process.role} process (pid ${process.pid}) ${endWords(exit)}`);
      });
  }

  /** By instance, from 0. */
  get all(): readonly Scheduler[] {
    return this.current;
  }

  /** Instances whose scheduler runs. */
  running(): readonly number[] {
    return [...this.current.keys()].filter((instance) => !this.ended.has(this.current[instance] as Scheduler));
  }

  /** The end of this scheduler is meant, and no failure. */
  expectEnd(instance: number): Scheduler {
    const scheduler = this.current[instance];
    if (!scheduler) throw new RangeError(`there is no scheduler ${instance}`);
    this.expected.add(scheduler);
    return scheduler;
  }

  /** Starts a scheduler in the place of one that has ended. Rejects when it does not become ready. */
  async restart(instance: number): Promise<Scheduler> {
    const scheduler = await this.target.startScheduler(instance);
    this.former.push(this.current[instance] as Scheduler);
    this.current[instance] = scheduler;
    this.identities.push(identify(scheduler.pid));
    if (this.stopping) await scheduler.stop();
    else {
      this.watch(scheduler, instance);
      this.onStart(instance, scheduler.pid);
    }
    return scheduler;
  }

  private watch(scheduler: Scheduler, instance: number): void {
    void scheduler.exited.then((exit) => {
      this.ended.add(scheduler);
      if (this.stopping || this.expected.has(scheduler) || this.onExit(instance, exit)) return;
      this.ending.end('failed', `scheduler ${instance} ${endWords(exit)} (its output: scheduler-${instance}.log)`);
    });
  }

  /** Ends them all with their workers, the schedulers first; resolves with a sentence about what they left behind, if any. May be called again. */
  async stop(): Promise<readonly string[]> {
    this.stopping = true;
    const stopAll = async (): Promise<void> => {
      await Promise.all(this.current.map(async (scheduler) => scheduler.stop()));
      // They may have the log of one that has just ended.
      for (const scheduler of this.former) await scheduler.stop();
      await Promise.all(this.others.map(async (process) => process.stop()));
    };
    return leftBehind(await stopWithFamily(this.identities, undefined, stopAll));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function endWords({ code, signal }: ProcessExit): string {
  return `ended with ${signal ?? `exit code ${code}`} while it was needed`;
}

/**
 * Starts the engine's processes of its own, then, after `beforehand`, `count` schedulers side by side; when one fails, those that started are
 * stopped again.
 */
export async function startSchedulers(
  target: Target,
  count: number,
  ending: Ending,
  beforehand: () => Promise<void> = async () => undefined,
): Promise<Schedulers> {
  const others = (await target.startProcesses?.()) ?? [];
  try {
    await beforehand();
  } catch (error) {
    await new Schedulers({ schedulers: [], others }, target, ending).stop();
    throw error;
  }
  const results = await Promise.allSettled(Array.from({ length: count }, async (_, instance) => target.startScheduler(instance)));
  const started = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const schedulers = new Schedulers({ schedulers: started, others }, target, ending);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) {
    await schedulers.stop();
    throw failure.reason;
  }
  return schedulers;
}
