import { readFileSync } from 'node:fs';
import type { Manifest } from '../results/manifest.ts';
import { timesOfClock } from '../targets/target-profile.ts';
import { describeHost } from './describe-host.ts';
import type { ExperimentRequest } from './execute-experiment.ts';

/** The manifest of an experiment that has just begun; what is not known yet is filled in later. */
export function initialManifest(name: string, { config }: Pick<ExperimentRequest, 'config'>, startedMs: number): Manifest {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return {
    formatVersion: 1,
    name,
    status: 'running',
    warnings: [],
    config,
    target: { name: config.target, version: '', options: {}, places: { kind: 'unknown' }, times: timesOfClock('database'), roles: [] },
    database: { kind: 'embedded', version: '', name: '', kept: false, settings: {} },
    host: describeHost(),
    versions: { orchlab: version, node: process.versions.node },
    times: { startedMs },
  };
}
