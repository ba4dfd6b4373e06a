import { table } from 'arquero';
import { describe, expect, test } from 'vitest';
import { PlotError, type PlotSpec, plot } from '../../src/plots/own-plot.ts';
import { isPlot } from '../../src/plots/plot.ts';
import { plotConfig } from '../../src/plots/theme.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';

const phases = table({ phase: ['wait', 'execution'], p50Seconds: [0.25, 1.5], at: [new Date(0), new Date(1)] });
const encoding = { x: { field: 'phase' }, y: { field: 'p50Seconds' } } as const;

test('a table is its data, types are those of its columns, and it wears the theme', () => {
  const made = plot({ data: phases, mark: 'bar', encoding: { ...encoding, color: { field: 'at' } }, config: { font: 'serif' } });
  expect(isPlot(made)).toBe(true);
  expect(made).toMatchObject({
    width: 640,
    data: { values: phases.objects() },
    encoding: { x: { type: 'nominal' }, y: { type: 'quantitative' }, color: { type: 'temporal' } },
    config: { ...plotConfig, font: 'serif' },
  });
  expect(plotToSvg(made)).toContain('p50Seconds');
});

describe('what is wrong is named, with what there is', () => {
  const of = (spec: unknown) => () => plot(spec as PlotSpec);
  const base = { data: phases, mark: 'bar', encoding };
  test.each([
    ['a key', { ...base, encodings: {} }, 'plot: encodings: expected a key of a plot (', '), got "encodings"'],
    ['a mark', { ...base, mark: 'bars' }, 'plot: mark: expected a mark (arc, area, bar, ', '), got "bars"'],
    ['a channel', { ...base, encoding: { X: {} } }, 'plot: encoding.X: expected a channel (x, y, ', '), got "X"'],
    [
      'a type',
      { ...base, encoding: { x: { field: 'phase', type: 'number' } } },
      'plot: encoding.x.type: expected a type (quantitative, ',
      '',
    ],
    [
      'a column',
      { ...base, encoding: { x: { field: 'p50' } } },
      'plot: encoding.x.field: expected a column of the data (phase, p50Seconds, at), got "p50"',
      '',
    ],
    [
      'a column in a layer',
      { data: { values: phases.objects() }, layer: [{ mark: 'rule', encoding: { tooltip: [{ field: 'p50' }] } }] },
      'plot: layer[0].encoding.tooltip[0].field: expected a column of the data (phase, p50Seconds, at), got "p50"',
      '',
    ],
  ])('%s', (_, spec, begin, end) => {
    expect(of(spec)).toThrow(PlotError);
    expect(of(spec)).toThrow(begin);
    expect(of(spec)).toThrow(end);
  });

  test('columns that a transform makes are not known here', () => {
    const transform = [{ calculate: 'datum.p50Seconds * 1000', as: 'p50Ms' }];
    expect(() => plot({ ...base, mark: 'bar', transform, encoding: { y: { field: 'p50Ms', type: 'quantitative' } } })).not.toThrow();
  });
});
