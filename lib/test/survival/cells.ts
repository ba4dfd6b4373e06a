import type { Cell, DoesNotApply } from './cell.ts';
import { engineCells, engineLimits } from './engine-cells.ts';
import { signalFaults, signalLimits } from './signal-cells.ts';

export const cells: readonly Cell[] = [...engineCells, ...signalFaults];
export const limits: readonly DoesNotApply[] = [...engineLimits, ...signalLimits];
