import { type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openExperiment } from '../../src/results/experiment.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import { withLimit } from '../../src/timing/with-limit.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { type CommandResult, type RunningCommand, processesOf, startOrchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';
import type { Cell } from './cell.ts';

const engineDirectory = fileURLToPath(new URL('./engine/', import.meta.url));
/** What holds the engine, so that a phase lasts until the fault was caused. */
const holds: Readonly<Record<Cell['phase'], readonly string[]>> = {
  start: [],
  prepare: ['prepare'],
  load: [],
  drain: ['task'],
  collect: ['stop'],
  report: ['stop'],
};
/** More than any cell allows: beyond it, it hangs. */
const limitSeconds = 90;
const config = 'target: survivor\nworkflows: 4\ntasks_per_workflow: 2\nduration: 0.01\nexecutor: inline\n';
const endless = ['-s', 'load_seconds=300', '-s', 'arrival.constant=50', '-s', 'timeout=400'];

/** One `orchlab run` in a workspace of its own, to which a fault happens. */
export class Trial implements AsyncDisposable {
  readonly workspace: TemporaryWorkspace = temporaryWorkspace();
  private readonly letGo: (() => Promise<void> | void)[] = [];
  private run: RunningCommand | undefined;
  /** When the fault was caused. */
  causedMs = Number.NaN;
  result: CommandResult | undefined;
  readonly cell: Cell;
  /** Of the Postgres of the tests. */
  readonly serverUrl: string;
  /** Of the target file as it is before a cell changes it. */
  readonly targetText: string;

  constructor(cell: Cell, serverUrl: string) {
    this.cell = cell;
    this.serverUrl = serverUrl;
    const text = readFileSync(join(engineDirectory, 'engine.yaml'), 'utf8');
    this.targetText = text.replace('NODE', process.execPath).replace('ENGINE', join(engineDirectory, 'engine.mjs'));
    mkdirSync(join(this.workspace.configs, 'targets'));
    writeFileSync(join(this.workspace.configs, 'targets', 'survivor.yaml'), this.targetText);
    this.workspace.writeConfig('survival', config);
    for (const what of holds[cell.phase]) this.hold(what);
  }

  hold(what: string): void {
    writeFileSync(join(this.workspace.root, `hold-${what}`), '');
  }

  release(what: string): void {
    rmSync(join(this.workspace.root, `hold-${what}`), { force: true });
  }

  mode(what: string): void {
    writeFileSync(join(this.workspace.root, `mode-${what}`), '');
  }

  /** What does not end when it is told to is ended 2 s later. */
  stopSoon(): void {
    writeFileSync(join(this.workspace.configs, 'targets', 'survivor.yaml'), this.targetText.replace('stop_seconds: 20', 'stop_seconds: 2'));
  }

  onEnd(action: () => Promise<void> | void): void {
    this.letGo.push(action);
  }

  get command(): ChildProcess {
    if (!this.run) throw new Error('expected a command that has been started');
    return this.run.child;
  }

  /** Starts the command, causes the fault in its phase, and waits for its end. */
  async execute(): Promise<void> {
    const { cell } = this;
    await cell.prepare?.(this);
    const url = cell.server === undefined ? this.serverUrl : cell.server;
    const databaseUrl = typeof url === 'function' ? await url(this) : url;
    const load = cell.phase === 'load' ? endless : [];
    const environment = cell.environment?.(this) ?? {};
    const startedMs = performance.now();
    this.run = startOrchlab(cell.command ?? ['run', 'survival', ...load, ...(cell.args ?? [])], {
      cwd: this.workspace.root,
      env: { ...(databaseUrl !== 'embedded' && { DATABASE_URL: databaseUrl }), ...environment },
    });
    if (cell.cause) {
      await Promise.race([this.reached(), this.endedBefore()]);
      this.causedMs = performance.now();
      await cell.cause(this);
    } else this.causedMs = startedMs;
    for (const what of holds[cell.phase]) this.release(what);
    this.command.kill('SIGCONT');
    this.result = await withLimit(this.run.result, limitSeconds, 'the command');
  }

  private async endedBefore(): Promise<never> {
    const { code, stderr } = await this.run!.result;
    throw new Error(`the command ended with ${code} before its phase ${this.cell.phase} was reached:\n${stderr}`);
  }

  private async reached(): Promise<void> {
    if (this.cell.when) return this.cell.when(this);
    switch (this.cell.phase) {
      case 'start':
        return this.seen('postgres');
      case 'prepare':
        return this.seen('prepare');
      case 'load':
        return this.runsWritten();
      case 'drain':
        await waitUntil('the load is over', () => this.manifest()?.times.loadEndedMs !== undefined);
        return this.runsWritten();
      case 'collect':
        await this.seen('stop');
        return this.runsWritten();
      case 'report': {
        // What follows is done in the command's own process: it stands still until the experiment has ended.
        await this.seen('stop');
        this.command.kill('SIGSTOP');
        this.release('stop');
        await waitUntil('the experiment has ended', () => !this.processes().some((line) => line.includes('experiment-process')));
      }
    }
  }

  /** Waits for what the engine, or a server of the cell's, has noted. */
  async seen(what: string): Promise<void> {
    await waitUntil(`${what} is reached`, () => existsSync(join(this.workspace.root, `reached-${what}`)));
  }

  note(what: string): void {
    writeFileSync(join(this.workspace.root, `reached-${what}`), '');
  }

  /** What was sampled goes to the files every second: what follows has evidence. */
  private async runsWritten(): Promise<void> {
    await waitUntil('its runs are written', async () => {
      const path = this.directory();
      return path !== undefined && this.manifest()?.times.loadStartedMs !== undefined && (await openExperiment(path)).runs.numRows() > 0;
    });
  }

  /** The experiment's directory, when there is one. */
  directory(): string | undefined {
    const { results } = this.workspace;
    if (!existsSync(results)) return undefined;
    const [name] = readdirSync(results, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .toSorted();
    return name === undefined ? undefined : join(results, name);
  }

  manifest(): Manifest | undefined {
    const path = this.directory();
    if (path === undefined || !existsSync(join(path, 'manifest.json'))) return undefined;
    return JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Manifest;
  }

  hasReport(): boolean {
    const path = this.directory();
    return path !== undefined && existsSync(join(path, 'report.html')) && existsSync(`${path}.txt`);
  }

  processes(): readonly string[] {
    return processesOf(this.workspace.root);
  }

  /** The pid of the one process whose command line has `text`. */
  pidOf(text: string): number {
    const lines = this.processes().filter((line) => line.includes(text));
    if (lines.length === 0) throw new Error(`expected a process ${text}, got ${this.processes().join('\n')}`);
    return Number.parseInt(lines[0] ?? '', 10);
  }

  /** The address of something that takes connections as a Postgres does and never says a word. */
  async silentServer(): Promise<string> {
    const server = createServer((socket) => {
      this.note('postgres');
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.onEnd(() => void server.close());
    return `postgres://somebody:geheim@127.0.0.1:${(server.address() as AddressInfo).port}/postgres`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.run && this.run.child.exitCode === null && this.run.child.signalCode === null) {
      this.run.child.kill('SIGCONT');
      this.run.child.kill('SIGKILL');
      await this.run.result;
    }
    for (const action of this.letGo.toReversed()) await action();
    this.workspace[Symbol.dispose]();
  }
}
