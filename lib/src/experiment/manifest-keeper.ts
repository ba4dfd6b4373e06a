import { type ExperimentTimes, type Manifest, writeManifest } from '../results/manifest.ts';

/** The manifest of an experiment that runs: each change is on disk at once. */
export class ManifestKeeper {
  private readonly directory: string;
  private current: Manifest;

  private constructor(directory: string, manifest: Manifest) {
    this.directory = directory;
    this.current = manifest;
  }

  static async create(directory: string, manifest: Manifest): Promise<ManifestKeeper> {
    await writeManifest(directory, manifest);
    return new ManifestKeeper(directory, manifest);
  }

  async update(changes: Partial<Omit<Manifest, 'times'>> & { readonly times?: Partial<ExperimentTimes> }): Promise<void> {
    this.current = { ...this.current, ...changes, times: { ...this.current.times, ...changes.times } };
    await writeManifest(this.directory, this.current);
  }

  async warn(...warnings: readonly string[]): Promise<void> {
    if (warnings.length > 0) await this.update({ warnings: [...this.current.warnings, ...warnings] });
  }
}
