import { type FileHandle, open } from 'node:fs/promises';
import type { Emit, Source } from '../results/rows.ts';
import { ReadingFailures, type Sampler, sampleEvery } from '../sampling/sample-every.ts';
import type { Clock } from '../timing/clock.ts';
import { type EvidenceLine, evidenceLine } from './read-evidence.ts';

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
  private emit: Emit | undefined;
  private file: FileHandle | undefined;
  private readonly buffer = Buffer.allocUnsafe(pieceBytes);
  private readBytes = 0;
  private rest = '';
  private readonly tellsEnds: boolean;
  /** Where ends are told: when each execution that has not ended was seen, by its words. Several of the same words end in turn. */
  private readonly open = new Map<string, number[]>();

  /** `tellsEnds`: a row comes when an execution has ended, and when all is over. Else it comes when one has begun. */
  constructor(path: string, { clock, tellsEnds }: { readonly clock: Clock; readonly tellsEnds: boolean }) {
    this.path = path;
    this.clock = clock;
    this.tellsEnds = tellsEnds;
  }

  async start(emit: Emit): Promise<void> {
    this.emit = emit;
    this.file = await open(this.path, 'r');
    this.sampler = sampleEvery({
      intervalMs,
      clock: this.clock,
      read: async () => this.read(),
      onError: this.failures.of('executions'),
    });
  }

  async stop(): Promise<readonly string[]> {
    await this.sampler?.stop();
    await this.read();
    await this.file?.close();
    for (const [key, seenMs] of this.open) for (const atMs of seenMs) this.tell(atMs, JSON.parse(key) as EvidenceLine);
    this.open.clear();
    return this.failures.warnings();
  }

  private async read(): Promise<void> {
    for (;;) {
      const atMs = this.clock.nowMs();
      const { bytesRead = 0 } = (await this.file?.read(this.buffer, 0, pieceBytes, this.readBytes)) ?? {};
      if (bytesRead === 0) return;
      this.readBytes += bytesRead;
      const lines = (this.rest + this.buffer.toString('utf8', 0, bytesRead)).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) {
        const execution = evidenceLine(line);
        if (execution) this.take(atMs, execution);
      }
    }
  }

  private take(atMs: number, { end, ...begin }: EvidenceLine): void {
    if (!this.tellsEnds) {
      this.tell(atMs, begin);
      return;
    }
    const key = JSON.stringify(begin);
    const seenMs = this.open.get(key) ?? [];
    if (!end) {
      this.open.set(key, [...seenMs, atMs]);
      return;
    }
    const [firstMs = atMs, ...others] = seenMs;
    if (others.length > 0) this.open.set(key, others);
    else this.open.delete(key);
    this.tell(firstMs, { ...begin, end });
  }

  private tell(atMs: number, { end, ...begin }: EvidenceLine): void {
    this.emit?.('executions', { atMs, ...begin, ...(end ?? { beganMs: Number.NaN, endedMs: Number.NaN, outcome: 'unknown' }) });
  }
}
