/**
 * Runs the tests (arguments as those of `vitest run`); a file that failed beside others is tried once more, alone.
 *
 * The tests start real servers, engines and kernels, on machines that have other work: there is always a load at which one of them does not
 * get its second. Alone it has what it needs; what fails again is broken. What passed only then is named, lest it be forgotten, and where
 * many files fail the load is not the reason.
 */
import { relative } from 'node:path';
import { type Vitest, parseCLI, startVitest } from 'vitest/node';

const mostTriedAgain = 8;

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);

/** The files that failed; nothing where the run itself did, as by an error outside of any test. */
async function failedFiles(filters: string[], more: { readonly maxWorkers?: number }): Promise<string[] | undefined> {
  const vitest: Vitest = await startVitest('test', filters, { ...options, ...more, run: true, watch: false });
  const modules = vitest.state.getTestModules();
  const isWhole = modules.length > 0 && vitest.state.getUnhandledErrors().length === 0;
  const failed = modules.filter((module) => !module.ok()).map(({ moduleId }) => moduleId);
  await vitest.close();
  return isWhole ? failed : undefined;
}

const failed = await failedFiles(filter, {});
if (failed && failed.length > 0 && failed.length <= mostTriedAgain) {
  const names = failed.map((file) => relative(process.cwd(), file)).join(', ');
  console.log(`\nOnce more, alone: ${names}\n`);
  const again = await failedFiles(failed, { maxWorkers: 1 });
  if (again?.length === 0) {
    console.log(`\nFailed beside others, passed alone: ${names}`);
    process.exitCode = 0;
  }
}
// The servers and kernels of a test that failed may still hold this process.
process.exit();
