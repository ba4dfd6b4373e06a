import { readFileSync } from 'node:fs';
import type { Manifest } from '../results/manifest.ts';
import { describeHost, gitCommit } from './describe-host.ts';
import type { ExperimentRequest } from './execute-experiment.ts';

/** The manifest of an experiment that has just begun; database and target are filled in when they are known. */
export async function initialManifest(
  name: string,
  { config, workspace }: Pick<ExperimentRequest, 'config' | 'workspace'>,
  startedMs: number,
): Promise<Manifest> {
  const commit = await gitCommit(workspace.root);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return {
    formatVersion: 1,
    name,
    status: 'running',
    warnings: [],
    config,
    target: { name: config.target, version: '', options: {} },
    database: { kind: 'embedded', version: '', name: '', kept: false, settings: {} },
    host: describeHost(),
    versions: { orchlab: version, node: process.versions.node },
    ...(commit === undefined ? {} : { gitCommit: commit }),
    times: { startedMs },
  };
}
