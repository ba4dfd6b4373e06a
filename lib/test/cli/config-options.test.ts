import { Command } from 'commander';
import { expect, it } from 'vitest';
import { type ConfigOptions, configFrom, configsFrom, withConfigOptions } from '../../src/cli/config-options.ts';
import { toTimeout } from '../../src/cli/number-options.ts';
import { taskTotal } from '../../src/config/perf-config.ts';

async function configOf(...words: string[]): Promise<Awaited<ReturnType<typeof configFrom>>> {
  const command = withConfigOptions(new Command().argument('[config]')).exitOverride();
  command.parse(words, { from: 'user' });
  return configFrom(command.args[0], command.opts<ConfigOptions>());
}

it('takes an arrival and the length of the load by --set, in place of the number of runs of the file', async () => {
  const config = await configOf(
    'quick',
    '-s',
    'arrival.poisson=50',
    '-s',
    'arrival.seed=3',
    '-s',
    'load_seconds=20',
    '-s',
    'warm_up_seconds=5',
  );
  expect(config).toMatchObject({ arrival: { poisson: 50, seed: 3 }, load_seconds: 20, warm_up_seconds: 5 });
  expect(config.workflows).toBeUndefined();
});

it('takes the length of the load as people write it, and gives its tasks five minutes after a long one', async () => {
  const load = ['--tasks', '2', '--duration', '0', '-s', 'arrival.constant=5'];
  expect(await configOf(...load, '--load-seconds', '6h')).toMatchObject({ load_seconds: 21_600, timeout: 21_900 });
  expect(await configOf(...load, '--load-seconds', '90m', '-s', 'timeout=2h')).toMatchObject({ load_seconds: 5400, timeout: 7200 });
  expect(await configOf('quick', '-s', 'arrival.constant=5', '--load-seconds', '30')).toMatchObject({ load_seconds: 30, timeout: 300 });
  expect(await configOf(...load, '-s', 'load_seconds=1h30m', '-s', 'warm_up_seconds=30s')).toMatchObject({
    load_seconds: 5400,
    warm_up_seconds: 30,
  });
  expect(taskTotal(await configOf('--tasks', '2', '--duration', '0', '-s', 'arrival.steps=[{rate: 5, seconds: 2m}]'))).toBe(1200);
  await expect(configOf(...load, '--load-seconds', '6 hours')).rejects.toThrow(
    'expected seconds, or a duration such as 90s, 45m, 6h or 1h30m.',
  );
});

it('needs no --runs where the load has another size', async () => {
  const load = ['--tasks', '2', '--duration', '0'];
  expect(taskTotal(await configOf(...load, '-s', 'arrival.ramp=[0, 10]', '-s', 'load_seconds=4'))).toBe(40);
  expect(taskTotal(await configOf(...load, '-s', 'arrival.steps=[{rate: 5, seconds: 2}]'))).toBe(20);
  await expect(configOf(...load)).rejects.toThrow('or --runs (or --load-seconds), --tasks and --duration together');
});

it('is a config for each target that is named, the same but for that', async () => {
  const [pgBoss, dbos, ...others] = await configsFrom('quick', { target: 'pg-boss, dbos', runs: 7 });
  expect([pgBoss?.target, dbos?.target, others.length]).toEqual(['pg-boss', 'dbos', 0]);
  expect(pgBoss).toEqual({ ...dbos, target: 'pg-boss' });
  expect(await configsFrom('quick', {})).toEqual([await configFrom('quick', {})]);
});

it('says that a wrong arrival came from the options', async () => {
  await expect(configOf('quick', '-s', 'arrival.constant=fast')).rejects.toThrow('options arrival.constant: expected a number, got "fast"');
});

it('takes no limit that a timer would take for none', () => {
  expect(toTimeout('2147483')).toBe(2_147_483);
  expect(() => toTimeout('2147484')).toThrow('expected at most 2147483 seconds (24 days).');
  expect(() => toTimeout('0')).toThrow('expected a whole number above 0.');
});
