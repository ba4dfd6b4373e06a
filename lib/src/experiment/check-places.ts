import { type CheckStep, type TargetTrial, openText, stepLimitSeconds, tasksPerRun } from './target-trial.ts';
import { measureTasksAtOnce, placesFinding, tasksToTry } from './tasks-at-once.ts';

/** What a target is asked for that declares no places: few, so that few tasks show them. */
export const dispatches = 4;

/** Compares the tasks that run at once with the places that the target declares. */
export async function* checkPlaces(trial: TargetTrial): AsyncGenerator<CheckStep> {
  const { target, timeoutSeconds, config } = trial;
  const step = 'as many tasks run at once as it declares';
  const wanted = tasksToTry(target.places, dispatches * config.scheduler.processes);
  if (wanted === undefined) {
    yield { step, seconds: 0, problems: [], notes: ['it declares too many places to be tried here'] };
    return;
  }
  const runs = Math.ceil(wanted / tasksPerRun);
  const notes: string[] = [];
  const measured = await trial.attempt(
    step,
    async () => {
      await target.prepare();
      const { problems } = await trial.start();
      if (problems.length > 0) return problems;
      for (let runIndex = 0; runIndex < runs; runIndex++) await trial.submit(runIndex);
      // None can have ended: they work for longer than this takes.
      const open = await trial.countOpen();
      if (open.runs !== runs || open.tasks !== runs * tasksPerRun)
        return [`of ${runs} runs of ${tasksPerRun} tasks, none of which had ended, ${openText(open)} are counted as open`];
      const { problem, note } = placesFinding(
        target.places,
        await measureTasksAtOnce({
          submitted: runs * tasksPerRun,
          places: target.places,
          begun: () => trial.executions().length,
          ended: async () => runs * tasksPerRun - (await trial.countOpen()).tasks,
          limitSeconds: timeoutSeconds,
          signal: trial.signal,
        }),
      );
      if (note !== undefined) notes.push(note);
      await trial.stop();
      await trial.clean();
      return problem === undefined ? [] : [problem];
    },
    timeoutSeconds + Object.values(target.limits ?? {}).reduce((sum, seconds) => sum + seconds, stepLimitSeconds),
  );
  yield trial.withLog({ ...measured, notes });
}
