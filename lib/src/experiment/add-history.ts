import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { connect } from '../database/database-client.ts';
import type { Target } from '../targets/target.ts';
import { historyApplication } from '../targets/target-pool.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';
import type { Ending } from './ending.ts';
import type { LiveState } from './live-state.ts';

/** No engine's tables are filled as slowly as this, tasks a second, also on a slow disk. */
const leastTasksPerSecond = 500;
const leastLimitSeconds = 120;
/** Connections that were closed end at once, and report what they did. */
const reportLimitMs = 10_000;

/** Throws a ConfigError where the config asks for a history and the target has none. */
export function checkHistory({ history, name }: Pick<PerfConfig, 'history' | 'name'>, target: Target): void {
  if (history === undefined || target.addHistory) return;
  const reason = target.noHistory ?? 'it does not say how (history: in a target file, addHistory in TypeScript)';
  throw new ConfigError([
    { place: `config ${name}`, key: 'history', expected: 'a target that can be given ended tasks', got: `${target.name}: ${reason}` },
  ]);
}

/**
 * Adds ended tasks to the engine's tables, and leaves these as a server has them that has had time for it: vacuumed, analyzed, and written to disk, so
 * that the load is not measured beside that work.
 */
export async function addHistory(
  tasks: number,
  {
    target,
    databaseUrl,
    ending,
    live,
  }: { readonly target: Target; readonly databaseUrl: string; readonly ending: Ending; readonly live: LiveState },
): Promise<void> {
  const seconds = leastLimitSeconds + tasks / leastTasksPerSecond;
  live.step = `adding ${tasks} ended tasks to the tables of ${target.name}`;
  await withLimit(Promise.resolve(target.addHistory?.(tasks)), seconds, live.step, ending.signal);
  live.step = 'vacuuming them';
  await using client = await connect(databaseUrl);
  const isReported = async (): Promise<boolean> =>
    (await client.query('SELECT FROM pg_stat_activity WHERE application_name = $1', [historyApplication])).length === 0;
  for (const endMs = clock.nowMs() + reportLimitMs; clock.nowMs() < endMs && !(await isReported());)
    await clock.waitUntil(clock.nowMs() + 50);
  await withLimit(client.query('VACUUM (ANALYZE)'), seconds, live.step, ending.signal);
  // A user who may not have one has it later.
  await withLimit(client.query('CHECKPOINT'), seconds, 'a checkpoint', ending.signal).catch(() => ending.signal.throwIfAborted());
}
