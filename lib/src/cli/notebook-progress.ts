import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { printableLine } from '../report/printable.ts';
import type { NotebookEvent } from '../notebook/run-notebook.ts';

export interface NotebookProgress {
  update(event: NotebookEvent): void;
  end(): void;
}

/** Between two lines about the same cell on anything but a terminal. */
const plainIntervalMs = 2000;

/** Progress of a notebook by cell: on a terminal one place that updates, elsewhere a line now and then. */
export function notebookProgress(stream: NodeJS.WriteStream, notebook: string): NotebookProgress {
  const colors = stream.isTTY ? pc.createColors() : pc.createColors(false);
  const log = stream.isTTY ? createLogUpdate(stream) : undefined;
  // On a terminal a line stays a line: what wraps could not be updated in place.
  const width = stream.isTTY ? Math.max(40, stream.columns - 1) : 120;
  const name = printableLine(notebook);
  let heading = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  const print = (line: string): void => {
    lastMs = performance.now();
    log?.clear();
    stream.write(`${line}\n`);
  };
  return {
    update(event) {
      switch (event.event) {
        case 'kernel-ready':
          heading = `${name}: the kernel is ready`;
          log?.(colors.dim(heading));
          break;
        case 'cell-started':
          // Room is left for the seconds and for "failed".
          heading = cut(`${name} cell ${event.cell}/${event.cells}: ${firstLine(event.source)}`, width - 16);
          log?.(colors.dim(heading));
          break;
        case 'output': {
          const line = cut(firstLine(event.text), width - 2);
          if (log) log(`${colors.dim(heading)}\n${line}`);
          // Outputs that are updated in place are progress; others are for the reader of the notebook.
          else if (performance.now() - lastMs >= plainIntervalMs) print(`  ${line}`);
          break;
        }
        case 'cell-ended': {
          const line = `${heading} ${colors.dim(`${event.seconds.toFixed(1)} s`)}`;
          print(event.failed ? colors.red(`${line} failed`) : line);
          break;
        }
      }
    },
    end: () => log?.done(),
  };
}

function firstLine(text: string): string {
  return printableLine(text.split('\n').find((candidate) => candidate.trim() !== '') ?? '');
}

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
