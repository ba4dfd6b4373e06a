import { borderWords, changeWords, spanWords } from '../../analysis/regime-words.ts';
import { regimes, regimesOf } from '../../analysis/regimes.ts';
import type { Summary } from '../../analysis/summary.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Block, type Section, facts, sentence, table } from '../document.ts';

/** The regimes in a sentence, and who limited each; nothing where none are told apart. */
export function regimeBlocks({ regimes: { found, sentence: words, regimes: parts } }: Summary): readonly Block[] {
  if (!found || words === null) return [];
  const seconds = (value: number | null): number => value ?? Number.NaN;
  return [
    facts({ Regimes: words }),
    {
      kind: 'indented',
      blocks: parts.map((part) => sentence(`${spanWords(seconds(part.fromSeconds), seconds(part.toSeconds))}: ${part.sentence}`)),
    },
  ];
}

/** The same with the figures of each regime, and everything that happened close to the borders or was another on both sides. */
export function regimesSection(experiment: Experiment): Section {
  const found = regimes(experiment);
  if (!found.found) return { title: 'Regimes', blocks: [] };
  const figures = regimesOf(experiment);
  return {
    title: 'Regimes',
    blocks: [
      sentence(`${found.sentence.charAt(0).toUpperCase()}${found.sentence.slice(1)}.`),
      table(figures.select(...figures.columnNames().filter((name) => name !== 'verdict' && name !== 'border'))),
      { kind: 'list', items: found.regimes.map((part) => `${spanWords(part.fromSeconds, part.toSeconds)}: ${part.sentence}`) },
      ...found.borders.flatMap((border): readonly Block[] => [
        { kind: 'heading', text: `At ${Math.round(border.atSeconds * 10) / 10} s` },
        sentence(`Changed for good: ${border.changes.map(changeWords).join(', ')}.`),
        ...(border.evidence.length === 0
          ? [sentence('Nothing that was sampled happened close to it.', 'muted')]
          : [
              sentence('Close to it, or different on both sides, the most telling first (evidence, not proof):', 'muted'),
              { kind: 'list', items: borderWords(border) } as const,
            ]),
      ]),
      sentence(`Found by ${found.method}, of ${found.windowSeconds} s.`, 'muted'),
    ],
  };
}
