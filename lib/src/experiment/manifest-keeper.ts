import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orchlabVersion } from '../config/orchlab-version.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { writeReasonOf } from '../errors/write-reason.ts';
import { thisProcess } from '../processes/process-owner.ts';
import { ResultsError } from '../results/experiment-directory.ts';
import { type ExperimentTimes, type Manifest, writeManifest } from '../results/manifest.ts';
import { timesOfClock } from '../targets/target-profile.ts';
import { describeHost } from './describe-host.ts';

/** Room on the disk that is kept for the last manifest. */
const reserveName = '.reserve';
const reserveBytes = 128 * 1024;

type Changes = Partial<Omit<Manifest, 'times'>> & { readonly times?: Partial<ExperimentTimes> };

/** The manifest of an experiment that runs: each change is on disk at once. */
export class ManifestKeeper {
  private readonly directory: string;
  private current: Manifest;

  private constructor(directory: string, manifest: Manifest) {
    this.directory = directory;
    this.current = manifest;
  }

  /** Begins the manifest of an experiment. Throws a ResultsError where it can't be written. */
  static async create(
    { name, directory }: { readonly name: string; readonly directory: string },
    config: PerfConfig,
    startedMs: number,
  ): Promise<ManifestKeeper> {
    const manifest = initialManifest(name, config, startedMs);
    try {
      await writeManifest(directory, manifest);
      await writeFile(join(directory, reserveName), Buffer.alloc(reserveBytes));
    } catch (error) {
      throw new ResultsError(`${directory}: the results can't be written: ${writeReasonOf(error)}`, { cause: error });
    }
    return new ManifestKeeper(directory, manifest);
  }

  /** The last update: also on a disk that is full by now, it says how the experiment ended. */
  async finish(changes: Changes): Promise<void> {
    await rm(join(this.directory, reserveName), { force: true });
    await this.write({ ...changes, process: undefined });
  }

  /** Throws a ResultsError where it can't be written. */
  async update(changes: Changes): Promise<void> {
    try {
      await this.write(changes);
    } catch (error) {
      throw new ResultsError(`the results can't be written any more: ${writeReasonOf(error)}`, { cause: error });
    }
  }

  private async write(changes: Changes): Promise<void> {
    this.current = { ...this.current, ...changes, times: { ...this.current.times, ...changes.times } };
    await writeManifest(this.directory, this.current);
  }

  async warn(...warnings: readonly string[]): Promise<void> {
    if (warnings.length > 0) await this.update({ warnings: [...this.current.warnings, ...warnings] });
  }
}

/** The manifest of an experiment that has just begun; what is not known yet is filled in later. */
function initialManifest(name: string, config: PerfConfig, startedMs: number): Manifest {
  return {
    formatVersion: 1,
    name,
    status: 'running',
    process: thisProcess(),
    warnings: [],
    config,
    target: { name: config.target, version: '', options: {}, places: { kind: 'unknown' }, times: timesOfClock('database'), roles: [] },
    database: { kind: 'embedded', version: '', name: '', kept: false, settings: {} },
    host: describeHost(),
    versions: { orchlab: orchlabVersion, node: process.versions.node },
    times: { startedMs },
  };
}
