import { table } from 'arquero';
import { percent, threeDigits } from '../../analysis/format-figure.ts';
import type { ProbeResult } from '../../analysis/probe.ts';
import { type Section, sentence, table as tableBlock } from '../document.ts';

/** Whether a figure moved with the setting that sets its ceiling: predicted beside measured. */
export function probeSection(result: ProbeResult): Section {
  const { move, base, moved } = result;
  const rows = [base, moved];
  return {
    title: `Probe of ${move.setting}`,
    blocks: [
      sentence(conclusionWords(result)),
      tableBlock(
        table({
          [move.setting]: [move.from, move.to].map(String),
          'predicted (tasks/s)': rows.map(({ predicted }) => threeDigits(predicted)),
          'measured (tasks/s)': rows.map(({ measured }) => threeDigits(measured)),
          'of the ceiling': rows.map(({ measured, predicted }) => percent(measured / predicted)),
          'ceiling is': rows.map(({ formula }) => formula),
        }),
      ),
      ...(moved.limitedBy === base.limitedBy && moved.verdict === base.verdict ? [] : [sentence(`Then: ${moved.verdict}`)]),
    ],
  };
}

/** For instance `It binds: throughput rose by 94 % where 100 % was predicted.` */
export function conclusionWords({ binds, move, predictedRise, measuredRise }: ProbeResult): string {
  const rise = measuredRise < 0 ? `fell by ${percent(-measuredRise)}` : `rose by ${percent(measuredRise)}`;
  const words = `throughput ${rise} where its ceiling rose by ${percent(predictedRise)}`;
  return binds
    ? `${move.setting} set the pace: with ${move.to} in place of ${move.from}, ${words}.`
    : `${move.setting} did not set the pace: with ${move.to} in place of ${move.from}, ${words}.`;
}
