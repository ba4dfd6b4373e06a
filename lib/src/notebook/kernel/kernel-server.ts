import { type CellError, toCellError } from './cell-error.ts';
import { CellHelper } from './cell-helper.ts';
import { CellQueue } from './cell-queue.ts';
import type { CompiledCells } from './compiled-cells.ts';
import type { Interrupter } from './interrupter.ts';
import { OutputBuffer, limitText } from './output-buffer.ts';
import { quotePropertyNames } from './quote-property-names.ts';
import { spellOutShorthands } from './spell-out-shorthands.ts';
import {
  type ExecuteRequest,
  type Executor,
  type KernelState,
  type Message,
  type StreamName,
  type WriteStream,
  jupyter,
} from './tslab-internals.ts';

/** Longer than ZeroMQ takes to connect again: before that, nobody hears. */
const settleMs = 300;

interface CellResult {
  readonly failed: boolean;
  readonly executionCount: number;
  readonly error?: CellError;
}

export interface KernelParts {
  readonly executor: Executor;
  /** Filled by the executor's console with what went wrong in the cell that runs. */
  readonly reports: (readonly unknown[])[];
  readonly interrupter: Interrupter;
  readonly compiled: CompiledCells;
  readonly connectionFile: string;
}

/** tslab's server with output that is never lost, real error messages, and aborted cells that say so. */
export class KernelServer extends jupyter.ZmqServer {
  readonly #executor: Executor;
  readonly #reports: (readonly unknown[])[];
  readonly #interrupter: Interrupter;
  readonly #compiled: CompiledCells;
  readonly #output = new OutputBuffer();
  readonly #queue = new CellQueue();
  #executionCount = 0;
  /** The request for the cell that runs. */
  #running: Message | undefined;

  constructor({ executor, reports, interrupter, compiled, connectionFile }: KernelParts) {
    super(new CellHelper(executor), connectionFile);
    this.#executor = executor;
    this.#reports = reports;
    this.#interrupter = interrupter;
    // Said once more, it tells who interrupted that it was heard.
    interrupter.onInterrupt = () => {
      if (this.#running) this.#publishState(this.#running, 'busy');
    };
    this.#compiled = compiled;
  }

  override async bindSocket(socket: unknown, port: number): Promise<void> {
    // Without a limit on what waits to be sent: ZeroMQ drops what is above it, the end of the cell included.
    if (socket === this.iopub) this.iopub.sendHighWaterMark = 0;
    await super.bindSocket(socket, port);
  }

  override async handleExecute(socket: unknown, message: Message): Promise<void> {
    const request = message.content as ExecuteRequest;
    await this.#queue.run(
      async () => {
        this.#running = message;
        this.#publishState(message, 'busy');
        const outcome = await this.#runCell(message, request);
        return { ...outcome, failed: outcome.failed && request.stop_on_error !== false };
      },
      (result) => {
        if (!result) this.#publishState(message, 'busy');
        this.#running = undefined;
        const reply = message.createReply();
        reply.header.msg_type = 'execute_reply';
        reply.content = replyContent(result);
        reply.signAndSend(this.connInfo.key, socket);
        // Before the next cell is busy: who looks at the last that was said would take the kernel for idle while that runs.
        this.#publishState(message, 'idle');
      },
    );
  }

  /**
   * A cell is busy when its turn comes (tslab says it when the request comes), and what is answered meanwhile, as a completion is, leaves
   * the kernel as busy as it was.
   */
  override publishStatus(state: KernelState, message: Message): void {
    if (message.header.msg_type === 'execute_request') return;
    super.publishStatus(state, message);
    if (state === 'idle' && this.#running) this.#publishState(this.#running, 'busy');
  }

  #publishState(message: Message, state: KernelState): void {
    this.#publish(message, 'status', { execution_state: state });
  }

  async #runCell(message: Message, request: ExecuteRequest): Promise<CellResult> {
    const executionCount = ++this.#executionCount;
    this.#publish(message, 'execute_input', { code: request.code, execution_count: executionCount });
    this.#redirectOutput(message);
    this.#reports.length = 0;
    this.#interrupter.reset();
    this.#compiled.begin(executionCount, request.code);
    const succeeded = await this.#execute(request.code);
    this.#output.flush();
    if (succeeded) return { failed: false, executionCount };
    const error = toCellError(this.#reports, request.code, (line) => this.#compiled.placeIn(line));
    this.#publish(message, 'error', error);
    return { failed: true, executionCount, error };
  }

  async #execute(code: string): Promise<boolean> {
    try {
      const source = spellOutShorthands(quotePropertyNames(code), (name) => Object.hasOwn(this.#executor.locals, name));
      return await this.#interrupter.run(async () => this.#executor.execute(source));
    } catch (error) {
      this.#reports.push([error]);
      return false;
    }
  }

  /** What is written and shown from now on belongs to the cell of `message`, also when it is written after the cell has ended. */
  #redirectOutput(message: Message): void {
    const send = limitText((name, text) => this.#publish(message, 'stream', { name, text }));
    for (const name of ['stdout', 'stderr'] as const) process[name].write = this.#streamWriter(send, name);
    jupyter.lastWriteDisplayData = (content, update) => {
      this.#output.flush();
      this.#publish(message, update ? 'update_display_data' : 'display_data', content);
    };
  }

  #streamWriter(send: WriteStream, name: StreamName): typeof process.stdout.write {
    const decoder = new TextDecoder();
    return (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
      this.#output.write(send, name, typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
      const written = rest.find((parameter) => typeof parameter === 'function');
      if (written) process.nextTick(written);
      return true;
    };
  }

  override handleShutdown(socket: unknown, message: Message): void {
    this.#output.flush();
    super.handleShutdown(socket, message);
    // The replies get a moment to leave; what a cell left running (timers, servers) doesn't keep the kernel alive.
    setTimeout(() => process.exit(0), 100);
  }

  // After a restart nothing else tells JupyterLab that the kernel is idle: it takes no notice of what belongs to this request.
  override handleKernelInfo(socket: unknown, message: Message): void {
    super.handleKernelInfo(socket, message);
    setTimeout(() => {
      if (!this.#running) this.#publish(message, 'status', { execution_state: 'idle' }, {});
    }, settleMs).unref();
  }

  // tslab answers with a `complete_reply`, for which JupyterLab waits in vain.
  override handleCommInfoRequest(socket: unknown, message: Message): void {
    const reply = message.createReply();
    reply.header.msg_type = 'comm_info_reply';
    reply.content = { status: 'ok', comms: {} };
    reply.signAndSend(this.connInfo.key, socket);
  }

  #publish(parent: Message, type: string, content: object, parentHeader?: object): void {
    const message = parent.createReply();
    if (parentHeader) message.parent = parentHeader;
    message.header.msg_type = type;
    message.content = content;
    message.signAndSend(this.connInfo.key, this.iopub);
  }
}

function replyContent(result: CellResult | undefined): object {
  if (!result) return { status: 'aborted' };
  const { error, executionCount } = result;
  if (error) return { status: 'error', execution_count: executionCount, ...error };
  return { status: 'ok', execution_count: executionCount, payload: [], user_expressions: {} };
}
