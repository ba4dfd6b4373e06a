import { type Fault, describeFault, kindOf } from '../config/faults.ts';
import { reasonOf } from '../errors/error-reason.ts';
import type { Emit, Sink, Source } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';
import { withLimit } from '../timing/with-limit.ts';
import { exhaustConnections, holdTransaction, pauseWholePostgres, restartPostgres, terminateConnections } from './database-faults.ts';
import type { PlannedFault } from './fault-plan.ts';
import { type FaultRun, type FaultSurroundings, NoVictimError } from './fault-surroundings.ts';
import { dropNetwork } from './network-faults.ts';
import { killScheduler, killWorker, pauseScheduler, restartScheduler, startAgain } from './scheduler-faults.ts';

/** Of letting go on what is paused, and of a server or scheduler that is being started. */
const endLimitSeconds = 40;

export interface FaultSourceOptions extends FaultSurroundings {
  readonly plan: readonly PlannedFault[];
  /** A scheduler that ended by itself is started again so long after. Undefined: it is not. */
  readonly restartSeconds: number | undefined;
}

/** The source of faults: does to the experiment what its config says, when it says so, and tells of it as events. A sink of the counts: shares of a load are of them. */
export class FaultSource implements Source, Sink {
  readonly name = 'faults';
  private readonly options: FaultSourceOptions;
  private readonly over = new AbortController();
  private readonly warnings: string[] = [];
  private readonly waiting: { readonly endedTasks: number; readonly resolve: () => void }[] = [];
  private endedTasks = 0;
  private running: Promise<unknown> = Promise.resolve();
  private underWay = 0;
  private readonly nextMs = new Map<PlannedFault, number>();
  private isLoadOver = false;
  private emit: Emit = () => undefined;
  private beganMs = Number.NaN;
  /** When the last one began or ended, epoch milliseconds; NaN: none has. */
  lastMs = Number.NaN;

  constructor(options: FaultSourceOptions) {
    this.options = options;
  }

  /** The load begins. */
  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    this.emit = emit;
    this.beganMs = this.options.clock.nowMs();
    signal.addEventListener('abort', () => this.over.abort(), { once: true });
    if (signal.aborted) this.over.abort();
    this.running = Promise.all(this.options.plan.map(async (planned) => this.follow(planned)));
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (table !== 'counts') return;
    const { submittedTasks, openTasks } = row as Row<'counts'>;
    this.endedTasks = Math.max(this.endedTasks, submittedTasks - openTasks);
    for (const { endedTasks, resolve } of this.waiting) if (this.endedTasks >= endedTasks) resolve();
  }

  /** Nothing more is submitted: faults that come again and again without a number end. */
  loadIsOver(): void {
    this.isLoadOver = true;
  }

  /** Whether nothing is done now, and nothing is still to come at a time that is known. */
  get isIdle(): boolean {
    const nowMs = this.options.clock.nowMs();
    return this.underWay === 0 && [...this.nextMs].every(([{ times }, ms]) => ms < nowMs || (this.isLoadOver && !Number.isFinite(times)));
  }

  /** A scheduler has ended by itself. True: the experiment goes on, as faults have begun. */
  schedulerExited(instance: number, detail: string): boolean {
    if (Number.isNaN(this.lastMs)) return false;
    const nowMs = this.options.clock.nowMs();
    const { restartSeconds } = this.options;
    this.emit('events', { beganMs: nowMs, endedMs: nowMs, kind: 'exit', subject: `scheduler ${instance}`, detail });
    const after = `Scheduler ${instance} ended by itself after a fault (${detail})`;
    if (restartSeconds === undefined) this.warnings.push(`${after}, and nobody started it again (restart_schedulers_after).`);
    else this.running = Promise.all([this.running, this.supervise(instance, restartSeconds)]);
    return true;
  }

  private async supervise(instance: number, seconds: number): Promise<void> {
    const { clock, schedulers } = this.options;
    this.underWay++;
    try {
      await this.wait(seconds);
      await startAgain({ schedulers, clock, signal: this.over.signal, wait: this.wait, note: this.note }, instance);
    } catch (error) {
      this.warnings.push(reasonOf(error));
    } finally {
      this.underWay--;
      this.lastMs = clock.nowMs();
    }
  }

  private readonly wait = async (seconds: number): Promise<void> => this.waitUntil(this.options.clock.nowMs() + 1000 * seconds);

  private readonly note: FaultRun['note'] = (kind, subject, beganMs, detail) =>
    this.emit('events', { beganMs, endedMs: this.options.clock.nowMs(), kind, subject, detail });

  /** Ends what is under way, undone where it can be. */
  async stop(): Promise<readonly string[]> {
    this.over.abort();
    for (const { resolve } of this.waiting) resolve();
    await withLimit(this.running, endLimitSeconds, 'ending the faults').catch((error: unknown) => this.warnings.push(reasonOf(error)));
    return this.warnings;
  }

  private async follow(planned: PlannedFault): Promise<void> {
    const { fault, due, times, everySeconds } = planned;
    let happened = 0;
    let dueMs = await this.firstDue(planned);
    while (happened < times && !Number.isNaN(dueMs)) {
      this.nextMs.set(planned, dueMs);
      await this.waitUntil(dueMs + 1000 * planned.jitterSeconds());
      if (this.over.signal.aborted || (happened > 0 && !Number.isFinite(times) && this.isLoadOver)) break;
      await this.execute(planned);
      happened++;
      dueMs += 1000 * everySeconds;
    }
    this.nextMs.delete(planned);
    const wanted = Number.isFinite(times) ? times : 1;
    if (happened < wanted) {
      const when = 'seconds' in due ? '' : ` (${due.endedTasks} tasks had to end)`;
      this.warnings.push(
        `The fault "${describeFault(fault)}" happened ${happened} of ${wanted} times: the experiment was over before its time${when}.`,
      );
    }
  }

  private async firstDue({ due }: PlannedFault): Promise<number> {
    if ('seconds' in due) return this.beganMs + 1000 * due.seconds;
    if (this.endedTasks < due.endedTasks)
      await new Promise<void>((resolve) => {
        this.waiting.push({ endedTasks: due.endedTasks, resolve });
      });
    return this.over.signal.aborted ? Number.NaN : this.options.clock.nowMs();
  }

  private async waitUntil(ms: number): Promise<void> {
    await this.options.clock.waitUntil(ms, this.over.signal).catch(() => undefined);
  }

  private async execute({ fault, choose }: PlannedFault): Promise<void> {
    const { clock } = this.options;
    let [beganMs, endedMs, subject, detail] = [Number.NaN, Number.NaN, '', ''];
    let isTold = false;
    const tell = (): void => {
      if (isTold || Number.isNaN(beganMs)) return;
      isTold = true;
      this.emit('events', { beganMs, endedMs, kind: kindOf(fault), subject, detail });
    };
    const run: FaultRun = {
      ...this.options,
      choose,
      signal: this.over.signal,
      wait: this.wait,
      begins: (what, words) => {
        if (Number.isNaN(beganMs)) this.lastMs = beganMs = clock.nowMs();
        [subject, detail] = [what, words];
      },
      ends: () => {
        this.lastMs = endedMs = clock.nowMs();
        tell();
      },
      note: this.note,
    };
    this.underWay++;
    try {
      await perform(run, fault);
    } catch (error) {
      this.warnings.push(
        error instanceof NoVictimError
          ? `The fault "${describeFault(fault)}" did not happen: ${error.message}.`
          : `The fault "${describeFault(fault)}" failed: ${reasonOf(error)}`,
      );
    } finally {
      this.underWay--;
      if (Number.isNaN(endedMs)) endedMs = clock.nowMs();
      this.lastMs = clock.nowMs();
      tell();
    }
  }
}

async function perform(run: FaultRun, fault: Fault): Promise<void> {
  if ('kill' in fault) return fault.kill === 'scheduler' ? killScheduler(run, fault) : killWorker(run);
  if ('pause' in fault) return fault.pause === 'scheduler' ? pauseScheduler(run, fault) : pauseWholePostgres(run, fault);
  if ('restart' in fault) return fault.restart === 'scheduler' ? restartScheduler(run, fault) : restartPostgres(run, fault);
  if ('terminate' in fault) return terminateConnections(run);
  if ('hold' in fault) return holdTransaction(run, fault);
  if ('exhaust' in fault) return exhaustConnections(run, fault);
  return dropNetwork(run, fault);
}
