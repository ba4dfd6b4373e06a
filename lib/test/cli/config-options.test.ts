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

it('needs no --runs where the load has another size', async () => {
  const load = ['--tasks', '2', '--duration', '0'];
  expect(taskTotal(await configOf(...load, '-s', 'arrival.ramp=[0, 10]', '-s', 'load_seconds=4'))).toBe(40);
  expect(taskTotal(await configOf(...load, '-s', 'arrival.steps=[{rate: 5, seconds: 2}]'))).toBe(20);
  await expect(configOf(...load)).rejects.toThrow('or --runs (or --set load_seconds=...), --tasks and --duration together');
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
