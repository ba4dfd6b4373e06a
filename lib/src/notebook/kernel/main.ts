// The orchlab notebook kernel: stock tslab, put together as its `tslab kernel` command does, around a sturdier server.
// Started by Jupyter with the path of a connection file; see kernel-spec.ts.
import { existsSync } from 'node:fs';
import { CompiledCells } from './compiled-cells.ts';
import { Interrupter } from './interrupter.ts';
import { KernelServer } from './kernel-server.ts';
import { printLastValue } from './last-value.ts';
import { type Converters, createConverter, createExecutor } from './tslab-internals.ts';

const [connectionFile] = process.argv.slice(2);
if (connectionFile === undefined) {
  process.stderr.write('expected the path of a Jupyter connection file: this program is started by Jupyter, not by hand\n');
  process.exit(2);
}
if (!existsSync(connectionFile)) {
  process.stderr.write(
    `${connectionFile}: expected the connection file that Jupyter wrote, got no such file: Jupyter has ended, or is another\n`,
  );
  process.exit(2);
}

// Of the ten frames that there are otherwise, a library may take all.
Error.stackTraceLimit = 100;
const compiled = new CompiledCells();
const node = createConverter({ isJS: false, isBrowser: false });
let browser: ReturnType<typeof createConverter> | undefined;
const converters: Converters = {
  node,
  get browser() {
    return (browser ??= createConverter({ isJS: false, isBrowser: true }));
  },
  close() {
    node.close();
    browser?.close();
  },
};

const reports: (readonly unknown[])[] = [];
const executor = createExecutor(process.cwd(), converters, {
  log: printLastValue,
  error: (...values) => void reports.push(values),
});

const interrupter = new Interrupter(executor);
process.on('SIGINT', interrupter.interrupt);
// In tslab's words: what checks notebooks looks for them.
process.on('uncaughtException', (error) => console.error('UncaughtException:', error));
process.on('unhandledRejection', (reason) => console.error('UnhandledPromiseRejection:', reason));

// Jupyter ends its kernels; one that was killed can't. Jupyter says which process it is.
const parent = process.ppid;
if (process.env['JPY_PARENT_PID'] === String(parent)) {
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1000).unref();
}

try {
  await new KernelServer({ executor, reports, interrupter, compiled, connectionFile }).init();
} catch (error) {
  // Nobody can reach it: what tslab has running would keep it alive for ever.
  process.stderr.write(`the kernel could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
