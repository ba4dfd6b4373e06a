import type { Cell, DoesNotApply } from './cell.ts';
import { engineCells, engineLimits } from './engine-cells.ts';
import { machineCells, machineLimits } from './machine-cells.ts';
import { postgresCells, postgresLimits } from './postgres-cells.ts';
import { resultsCells, resultsLimits } from './results-cells.ts';
import { signalFaults, signalLimits } from './signal-cells.ts';

export const cells: readonly Cell[] = [...engineCells, ...postgresCells, ...machineCells, ...signalFaults, ...resultsCells];
export const limits: readonly DoesNotApply[] = [...engineLimits, ...postgresLimits, ...machineLimits, ...signalLimits, ...resultsLimits];
