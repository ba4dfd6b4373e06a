/** An experiment was asked for beside one that runs in the same process: both would measure each other. */
export class ConcurrentExperimentError extends Error {
  override readonly name = 'ConcurrentExperimentError';
}
