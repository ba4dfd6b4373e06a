import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Series, openSeries } from '../../src/results/series.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { orchlab, processesOf, startOrchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

let workspace: TemporaryWorkspace;
beforeAll(() => {
  workspace = temporaryWorkspace();
  // Four places of 0.1 s: forty tasks a second.
  workspace.writeConfig(
    'four-places',
    'workflows: 4\ntasks_per_workflow: 1\nduration: 0.1\nexecutor: inline\ntarget: graphile-worker\nscheduler: { max_concurrent_dispatches: 4 }\n',
  );
});
afterAll(() => workspace[Symbol.dispose]());

async function onlySearch(): Promise<Series> {
  return openSeries(join(workspace.results, readdirSync(workspace.results).find((name) => name.endsWith('-capacity')) ?? 'none'));
}

describe('orchlab capacity', () => {
  it('killed in the middle goes on where it was; a rate above what the places allow is missed, and they are the cause', async () => {
    const slo = ['--slo', 'response.p90 < 1 s, tasks.lost = 0'];
    const first = startOrchlab(['capacity', 'four-places', ...slo, '--seconds', '4', '--start', '16', '--probes', '3'], {
      cwd: workspace.root,
    });
    await first.seen(/16 runs\/s for 4 s[^\n]*\n[^]*Progress: /);
    await waitUntil('the first probe is done', async () => (await onlySearch()).steps.length === 2);
    first.child.kill('SIGKILL');
    await first.result;
    await waitUntil('its experiment has ended, too', () => processesOf(workspace.root).length === 0);

    const { code, stdout, stderr } = await orchlab(['capacity', '--resume', '--json'], { cwd: workspace.root });
    // It has no answer yet: no more probes were asked for.
    expect(code, stderr).toBe(98);
    const { capacity } = JSON.parse(stdout) as { capacity: { ended: string; probes: Record<string, unknown>[]; objective: string[] } };
    // On a host that others use up a probe may say nothing, and then the same rate is asked again.
    const answers = capacity.probes.map(({ runsPerSecond, answer }) => `${String(runsPerSecond)} ${String(answer)}`);
    const wereCounted = !answers.some((text) => text.endsWith('discarded'));
    expect(wereCounted ? answers : ['16 kept', '32 kept', '64 missed']).toEqual(['16 kept', '32 kept', '64 missed']);
    expect(capacity.probes.filter(({ answer, runsPerSecond }) => answer === 'kept' && Number(runsPerSecond) >= 64)).toEqual([]);
    expect(capacity.objective).toEqual(['response.p90 < 1 s, tasks.lost = 0']);
    const series = await onlySearch();
    expect(series.record.steps.map(({ status }) => status)).toEqual(['done', 'interrupted', 'done', 'done']);
    const text = readFileSync(`${series.directory}.txt`, 'utf8');
    expect(text).toMatch(/^ +16(\.0)? +4 +(kept|discarded) /m);
    expect(existsSync(join(series.directory, 'capacity.svg'))).toBe(true);
    if (!wereCounted) return;
    expect(capacity).toMatchObject({ ended: 'too uncertain', limitedBy: 'target' });
    expect(text).toMatch(
      /It holds [\d.]+ to [\d.]+ runs\/s with response\.p90 < 1 s, tasks\.lost = 0, and it can't be told closer, as no more probes were made/,
    );
    expect(text).toMatch(/Beyond that: The target limited it: [\d.]+ of its 4 places/);
  });

  it.each([
    ['no objective', ['capacity', 'four-places'], /expected --slo with what is to be kept/, 2],
    ['a figure that there is none of', ['capacity', 'four-places', '--slo', 'respons.p99 < 1'], /response\.p99/, 2],
    [
      'an objective relative to a baseline',
      ['capacity', 'four-places', '--slo', 'response.p99 < baseline'],
      /there is no baseline in a search/,
      2,
    ],
    [
      'fewer runs than the objective takes',
      ['capacity', 'four-places', '--slo', 'response.p99 < 1', '--seconds', '10', '--start', '5'],
      /start: expected 25\.3 runs\/s or more: response\.p99 < 1 takes 230 runs in the 10 s of a probe that count, to be judged, got "?5"?/,
      2,
    ],
  ])('refuses %s', async (_what, args, message, expected) => {
    const { code, stderr } = await orchlab(args, { cwd: workspace.root });
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });
});
