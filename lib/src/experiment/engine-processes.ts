import type { EngineProcess, Target } from '../targets/target.ts';
import type { Ending } from './ending.ts';

/** The processes of an engine that are neither scheduler nor worker; stopped on disposal, the last first. */
export class EngineProcesses implements AsyncDisposable {
  readonly all: readonly EngineProcess[];
  private stopping = false;

  private constructor(all: readonly EngineProcess[], ending: Ending) {
    this.all = all;
    for (const { role, exited } of all) {
      void exited.then(({ code, signal }) => {
        if (!this.stopping) ending.end('failed', `the ${role} ended with ${signal ?? `exit code ${code}`} while it was needed`);
      });
    }
  }

  /** Starts them; the target itself stops again what it started when one fails. */
  static async start(target: Target, ending: Ending): Promise<EngineProcesses> {
    return new EngineProcesses((await target.startProcesses?.()) ?? [], ending);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping = true;
    for (const each of this.all.toReversed()) await each.stop();
  }
}
