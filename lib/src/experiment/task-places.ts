/**
 * Where what is known of each task has its place, in arrays for all tasks: those of a run one after the other, by the index of the run.
 *
 * Runs of one number of tasks take no memory for it, others 12 bytes a run.
 */
export class TaskPlaces {
  private readonly tasksPerRun: number | undefined;
  private counts = new Int32Array(0);
  /** Of each run, and one more for the end; as far as `countPlaces` has come. */
  private first = new Float64Array(1);
  private placed = 0;

  /** `tasksPerRun` is that of all runs; left out: each says its own. */
  constructor(tasksPerRun?: number) {
    this.tasksPerRun = tasksPerRun;
  }

  /** Notes a run before there are places for its tasks. */
  note(runIndex: number, tasks: number): void {
    if (this.tasksPerRun !== undefined) return;
    if (runIndex >= this.counts.length) {
      const { counts } = this;
      (this.counts = new Int32Array(Math.max(runIndex + 1, 2 * counts.length))).set(counts);
    }
    this.counts[runIndex] = tasks;
  }

  /** Tasks of a run; 0 for one that was not noted. */
  tasksOf(runIndex: number): number {
    return this.tasksPerRun ?? this.counts[runIndex] ?? 0;
  }

  /** Places that the tasks of so many runs take: from now on those that were noted have them. */
  countPlaces(runs: number): number {
    if (this.tasksPerRun !== undefined) return runs * this.tasksPerRun;
    if (runs > this.placed) {
      const { first } = this;
      (this.first = new Float64Array(runs + 1)).set(first);
      for (; this.placed < runs; this.placed++)
        this.first[this.placed + 1] = (this.first[this.placed] as number) + this.tasksOf(this.placed);
    }
    return this.first[runs] as number;
  }

  /** -1 where there is no such task, and before there are places. */
  placeOf(runIndex: number, taskIndex: number): number {
    const isTask = runIndex >= 0 && Number.isInteger(taskIndex) && taskIndex >= 0 && taskIndex < this.tasksOf(runIndex);
    if (!isTask) return -1;
    if (this.tasksPerRun !== undefined) return runIndex * this.tasksPerRun + taskIndex;
    this.countPlaces(runIndex + 1);
    return (this.first[runIndex] as number) + taskIndex;
  }
}
