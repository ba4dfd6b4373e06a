import { createRequire } from 'node:module';

// tslab exports only its display functions. These are the parts that its own `tslab kernel` command puts together, as they are in
// the version that package.json pins; its declaration files make some of them private.

export type WriteStream = (name: StreamName, text: string) => void;
export type StreamName = 'stdout' | 'stderr';
export type KernelState = 'busy' | 'idle';
export type WriteDisplay = (content: object, update: boolean) => void;

export interface ExecuteRequest {
  readonly code: string;
  readonly stop_on_error?: boolean;
}

export interface Message {
  readonly header: { msg_type: string };
  content: object;
  /** The header of the message that this one replies to. */
  parent: object;
  createReply(): Message;
  signAndSend(key: string, socket: unknown): void;
}

export interface Executor {
  execute(source: string): Promise<boolean>;
  interrupt(): void;
  /** What cells have declared, by name. */
  readonly locals: Readonly<Record<string, unknown>>;
}

/** What the executor calls with a cell's last value, and with what went wrong. */
export interface ExecutorConsole {
  log(...values: readonly unknown[]): void;
  error(...values: readonly unknown[]): void;
}

export interface Converters {
  readonly node: { close(): void };
  readonly browser: { close(): void };
  close(): void;
}

export interface Handler {
  close(): void;
}

/** Of a completion or of documentation: the cursor counts in UTF-16 units. */
export interface CursorRequest {
  readonly code: string;
  readonly cursor_pos: number;
}

export interface CompleteReply {
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly matches: readonly string[];
  readonly metadata: object;
  readonly status: 'ok';
}

export interface InspectReply {
  readonly status: 'ok';
  readonly found: boolean;
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: object;
}

export declare class JupyterHandler implements Handler {
  constructor(executor: Executor, isJavaScript: boolean);
  handleComplete(request: CursorRequest): CompleteReply;
  handleInspect(request: CursorRequest): InspectReply;
  close(): void;
}

export declare class Server {
  handler: Handler;
  connInfo: { readonly key: string };
  iopub: { sendHighWaterMark: number };
  constructor(handler: Handler, connectionFile: string);
  init(): Promise<void>;
  close(): void;
  bindSocket(socket: unknown, port: number): Promise<void>;
  publishStatus(state: KernelState, message: Message): void;
  handleExecute(socket: unknown, message: Message): Promise<void>;
  handleShutdown(socket: unknown, message: Message): void;
  handleKernelInfo(socket: unknown, message: Message): void;
  handleCommInfoRequest(socket: unknown, message: Message): void;
}

const require = createRequire(import.meta.url);

/** The parts of the TypeScript that tslab brings which the kernel uses. */
interface TypeScript {
  readonly ScriptTarget: { readonly Latest: number };
  createSourceFile(name: string, source: string, target: number): SyntaxNode;
  forEachChild(node: SyntaxNode, visit: (node: SyntaxNode) => void): void;
  isBindingElement(node: SyntaxNode): boolean;
  isIdentifier(node: SyntaxNode): boolean;
  isShorthandPropertyAssignment(node: SyntaxNode): boolean;
  // What tslab compiles cells with: compiled-cells.ts puts functions of its own around them.
  createWatchCompilerHost: (files: readonly string[], options: object, ...rest: readonly unknown[]) => object;
  transpileModule: (
    input: string,
    options: { readonly compilerOptions?: object },
  ) => { readonly outputText: string; readonly sourceMapText?: string };
}

export interface SyntaxNode {
  /** Of a shorthand property. */
  readonly name: { readonly text: string; readonly end: number };
  /** Of an element of a destructuring pattern that gives it another name. */
  readonly propertyName?: SyntaxNode;
  readonly end: number;
  getStart(file: SyntaxNode): number;
}

const requireOfTslab = createRequire(require.resolve('tslab/dist/converter.js'));
const typescriptPath = requireOfTslab.resolve('@tslab/typescript-for-tslab');

/** A copy, since what the package exports can't be replaced; in its place before tslab loads it. */
export const typescript = { ...(requireOfTslab(typescriptPath) as TypeScript) };
const typescriptModule = require.cache[typescriptPath];
if (typescriptModule) typescriptModule.exports = typescript;

export const jupyter = require('tslab/dist/jupyter.js') as {
  readonly JupyterHandlerImpl: typeof JupyterHandler;
  readonly ZmqServer: typeof Server;
  /** Where the display functions, tslab's and ours, look for the cell that runs. */
  lastWriteDisplayData: WriteDisplay | null;
};

export const { createExecutor } = require('tslab/dist/executor.js') as {
  readonly createExecutor: (directory: string, converters: Converters, console: ExecutorConsole) => Executor;
};

export const { createConverter } = require('tslab/dist/converter.js') as {
  readonly createConverter: (options: { readonly isJS: boolean; readonly isBrowser: boolean }) => { close(): void };
};
