import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { describeFault } from '../../src/config/faults.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { checkFaults } from '../../src/faults/check-faults.ts';
import { planFaults } from '../../src/faults/fault-plan.ts';

const load = { tasks_per_workflow: 4, duration: 0 } as const;
const configOf = (faults: PerfConfigFile['faults'], more: Partial<PerfConfigFile> = { workflows: 10 }) =>
  createConfig({ ...load, ...more, ...(faults && { faults }) });

function problemsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, expected, got }) => `${key}: ${expected} / ${got}`);
    throw error;
  }
  return [];
}

describe('the plan of faults', () => {
  it('takes a share of a load for a share of its length, of a burst for one of its tasks', () => {
    const faults = [{ kill: 'scheduler', at: '50%' }] as const;
    expect(planFaults(configOf([...faults], { load_seconds: 30, arrival: { constant: 2 } }))[0]?.due).toEqual({ seconds: 15 });
    expect(planFaults(configOf([...faults]))[0]?.due).toEqual({ endedTasks: 20 });
    expect(planFaults(configOf([{ kill: 'scheduler', at: '1500 ms' }]))[0]?.due).toEqual({ seconds: 1.5 });
  });

  it('is the same for the same seed, and each fault has moments of its own', () => {
    const draw = (seed: number): readonly number[] =>
      planFaults(
        configOf([
          { kill: 'worker', at: 1, every: 1, jitter: '2s', seed },
          { kill: 'worker', at: 1, every: 1, jitter: '2s', seed },
        ]),
      ).flatMap(({ jitterSeconds }) => [jitterSeconds(), jitterSeconds()]);
    expect(draw(1)).toEqual(draw(1));
    expect(new Set([...draw(1), ...draw(2)]).size).toBe(8);
    for (const seconds of draw(3)) expect(seconds).toBeLessThan(2);
    const [planned] = planFaults(configOf([{ kill: 'worker', at: 1, every: 2, times: 3 }]));
    expect(planned).toMatchObject({ everySeconds: 2, times: 3 });
    expect(planned?.choose([])).toBeUndefined();
  });
});

describe('a config with faults', () => {
  it('names what is wrong with each by its place', () => {
    expect(problemsOf(() => configOf([{ kill: 'postgres', at: 1 } as never]))).toEqual([
      'faults.0.kill: one of "scheduler", "worker" / "postgres"',
    ]);
    expect(problemsOf(() => configOf([{ kill: 'scheduler', at: 'soon' }]))).toHaveLength(1);
    expect(problemsOf(() => configOf([{ kill: 'scheduler', at: '120%' }]))[0]).toContain('faults.0.at');
    expect(problemsOf(() => configOf([{ pause: 'scheduler', at: 1 } as never]))[0]).toContain('faults.0.for');
    expect(problemsOf(() => configOf([{ kill: 'worker', at: 1, restart_after: 1 }]))[0]).toContain('faults.0.restart_after');
    expect(problemsOf(() => configOf([{ drop: 'network', at: 1, for: 1, how: 'delay' }]))[0]).toContain('faults.0.delay');
    expect(problemsOf(() => configOf([{ kill: 'scheduler', at: 1, times: 2 }]))[0]).toContain('faults.0.every');
    expect(problemsOf(() => configOf([{ slow: 'disk', at: 1 } as never]))[0]).toContain(
      'kill, pause, restart, terminate, hold, exhaust, drop',
    );
  });

  it('is refused where the server is not orchlab’s to stop, or a scheduler is not there', () => {
    const restart = configOf([{ restart: 'postgres', at: 1 }]);
    expect(problemsOf(() => checkFaults(restart, 'external'))[0]).toContain('unset DATABASE_URL');
    expect(problemsOf(() => checkFaults(restart, 'shared'))[0]).toContain('orchlab db stop');
    expect(problemsOf(() => checkFaults(configOf([{ kill: 'scheduler', at: 1, instance: 1 }]), 'external'))[0]).toContain('1 schedulers');
    expect(problemsOf(() => checkFaults(restart, 'embedded'))).toEqual([]);
    const inline = configOf([{ kill: 'worker', at: 1 }], { workflows: 10, executor: 'inline' });
    expect(problemsOf(() => checkFaults(inline, 'embedded'))[0]).toContain('executor: inline');
    for (const fault of [
      { terminate: 'connections', at: 1 },
      { hold: 'transaction', at: 1, for: 1 },
      { exhaust: 'connections', at: 1, for: 1 },
    ] as const)
      expect(problemsOf(() => checkFaults(configOf([fault]), 'external'))).toEqual([]);
  });

  it('is told in words', () => {
    const { faults = [] } = configOf([
      { kill: 'scheduler', at: '50%', restart_after: '5s' },
      { restart: 'postgres', at: 3, mode: 'immediate', down: 2 },
      { drop: 'network', at: '10s', every: '20s', times: 3, for: 1 },
    ]);
    expect(faults.map(describeFault)).toEqual([
      'kill scheduler at 50%, restarted after 5 s',
      'restart postgres at 3 s, immediate, down for 2 s',
      'drop network at 10s, every 20 s, 3 times, for 1 s',
    ]);
  });
});
