import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { print } from './output.ts';

export function addInitCommand(program: Command): void {
  program
    .command('init')
    .summary('lay out a project of your own')
    .description(
      'Lay out what a project of your own needs: perf-configs, a target to fill in, a script, a notebook, perf-results that git does not see, and a workflow for CI. Asks nothing, and leaves what is there as it is.',
    )
    .argument('[directory]', 'where', '.')
    .action(async (directory: string) => {
      const { layOutProject } = await import('../project/lay-out-project.ts');
      const { made, kept } = await layOutProject(resolve(directory));
      const from = relative(process.cwd(), resolve(directory));
      print(
        [
          ...made.map((path) => `made  ${path}`),
          ...kept.map((path) => `kept  ${path} (it was there)`),
          '',
          `Next, in ${from === '' ? 'this folder' : from}:`,
          '  npx orchlab run my-load                        the first experiment, of an engine that orchlab brings',
          '  npx orchlab target check my-engine             your own, once perf-configs/targets/my-engine.yaml says how it is run',
          '  npx orchlab lab                                look at it in JupyterLab',
        ].join('\n'),
      );
    });
}
