/**
 * The process that an experiment runs in, started by run/experiment-child.ts with an ipc channel.
 *
 * It ends the experiment in order when it is told to, and when the channel closes because its starter is gone. Signals of
 * the terminal do not reach it: it leads a process group of its own.
 */
import { setFlagsFromString } from 'node:v8';
import { ConfigError } from '../config/config-error.ts';
import { MissingProgramError } from '../targets/target.ts';
import { ResultsError } from '../results/experiment-directory.ts';
import { executeExperiment } from './execute-experiment.ts';
import type { FromExperiment, ToExperiment } from './experiment-message.ts';
import { stuckLimitMs } from '../timing/stop-limits.ts';
import { StuckTimer } from './stuck-timer.ts';

// Most of what runs here runs a few dozen times a second: compiling that with V8's optimizing compilers cost more than it saved, 0.7 % of a
// core over a minute (bench/overhead.ts). What a heavy load calls tens of thousands of times is compiled all the same.
setFlagsFromString('--no-maglev');
setFlagsFromString('--invocation-count-for-turbofan=50000');

const interruption = new AbortController();
const stuck = new StuckTimer(stuckLimitMs, () => process.exit(1));
interruption.signal.addEventListener('abort', () => stuck.start());
process.once('disconnect', () => interruption.abort());
process.stderr.on('error', () => undefined); // of a starter that is gone
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
process.on('message', (message: ToExperiment) => {
  if (message.type === 'interrupt') interruption.abort();
  // Of a starter that was gone before there was anybody to be told, nothing is begun.
  else if (process.connected) void run(message);
});

function tell(message: FromExperiment): void {
  // Nobody listens any more when the starter is gone; the results are in files.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function run({ request }: Extract<ToExperiment, { type: 'start' }>): Promise<void> {
  try {
    const outcome = await executeExperiment(request, {
      signal: interruption.signal,
      onProgress(progress) {
        stuck.seen(progress);
        tell({ type: 'progress', progress });
      },
    });
    tell({ type: 'ended', outcome });
  } catch (error) {
    if (error instanceof ConfigError) tell({ type: 'refused', problems: error.problems });
    else if (error instanceof MissingProgramError) tell({ type: 'missing', what: 'program', message: error.message });
    else if (error instanceof ResultsError) tell({ type: 'missing', what: 'results', message: error.message });
    else tell({ type: 'crashed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exitCode = 1;
  }
  // Whatever an engine's client left open must not keep this process; what was said is flushed by then.
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(), 500).unref();
}
