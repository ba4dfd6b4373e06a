import { type FileHandle, open } from 'node:fs/promises';
import type { Emit, Source } from '../results/rows.ts';
import { ReadingFailures, type Sampler, sampleEvery } from '../sampling/sample-every.ts';
import type { Clock } from '../timing/clock.ts';
import { evidenceLine } from './read-evidence.ts';

/** An execution is seen so much later at most. */
const intervalMs = 50;
const pieceBytes = 1 << 20;

/** The source of executions: follows the evidence of the tasks as it is written, so that each is known with its time, however the engine tells it. */
export class ExecutionSource implements Source {
  readonly name = 'executions';
  private readonly path: string;
  private readonly clock: Clock;
  private readonly failures = new ReadingFailures();
  private sampler: Sampler | undefined;
  private file: FileHandle | undefined;
  private readonly buffer = Buffer.allocUnsafe(pieceBytes);
  private readBytes = 0;
  private rest = '';

  constructor(path: string, clock: Clock) {
    this.path = path;
    this.clock = clock;
  }

  async start(emit: Emit): Promise<void> {
    this.file = await open(this.path, 'r');
    this.sampler = sampleEvery({
      intervalMs,
      clock: this.clock,
      read: async () => this.read(emit),
      onError: this.failures.of('executions'),
    });
  }

  async stop(): Promise<readonly string[]> {
    await this.sampler?.stop();
    await this.file?.close();
    return this.failures.warnings();
  }

  private async read(emit: Emit): Promise<void> {
    for (;;) {
      const atMs = this.clock.nowMs();
      const { bytesRead = 0 } = (await this.file?.read(this.buffer, 0, pieceBytes, this.readBytes)) ?? {};
      if (bytesRead === 0) return;
      this.readBytes += bytesRead;
      const lines = (this.rest + this.buffer.toString('utf8', 0, bytesRead)).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) {
        const execution = evidenceLine(line);
        if (execution) emit('executions', { atMs, ...execution });
      }
    }
  }
}
